"""The sum of one household as a document: sections of words and tables, for the console and for paper."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pipelines.explain.amounts import exact, fen, from_fen, yuan
from pipelines.explain.arithmetic import disagreements, yearly_fen
from pipelines.explain.facts import HouseholdFacts, Row
from pipelines.explain.flip import class_flip, line_distance, warning_flip
from pipelines.explain.labels import (
    COMPONENTS,
    DEDUCTIONS,
    FINDINGS,
    ITEMS,
    PARTS,
    REGION_LEVELS,
    SIDES,
    form_label,
    month_label,
    quarter_label,
    yes_no,
)


@dataclass(frozen=True)
class Table:
    """Columns with headers, rows of text; columns in `right` hold figures."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()


@dataclass(frozen=True)
class SourceLine:
    """One source row: where it stands, for when, what it is, how much, and what became of it."""

    form: str
    place: str
    when: str
    what: str
    amount: str
    fate: str


@dataclass(frozen=True)
class QuarterLine:
    """One item in one quarter: recorded, declared, counted (yuan, exact to a third of a fen) and its source rows."""

    quarter: str
    recorded: str
    declared: str
    counted: str
    side: str
    sources: tuple[SourceLine, ...]


@dataclass(frozen=True)
class ItemSum:
    """One item: its quarters, and the year's amount in words."""

    label: str
    quarters: tuple[QuarterLine, ...]
    total: str


@dataclass(frozen=True)
class Section:
    """A heading with paragraphs, sums of items, and tables, in this order."""

    title: str
    words: tuple[str, ...] = ()
    items: tuple[ItemSum, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Bill:
    """The whole sum of one household. `problems` lists steps that do not add up; normally none."""

    household_no: str
    subtitle: str
    sections: tuple[Section, ...]
    problems: tuple[str, ...]


def write_bill(facts: HouseholdFacts) -> Bill:
    """The document of one household's facts."""
    household, run = facts.household, facts.run
    place = f"{run['county_name']} {household['township'] or ''} {household['village'] or ''}".strip()
    return Bill(
        household_no=household["household_no"],
        subtitle=f"{place}（{household['region_code']}）  基准日 {run['as_of']}  采用 {run['known_on']} 及以前收到的文件",
        sections=(
            _household_section(facts),
            _income_section(facts),
            _concept_section(facts),
            _line_section(facts),
            _class_section(facts),
            _warning_section(facts),
            *_finding_section(facts),
            *_score_section(facts),
            _data_section(facts),
        ),
        problems=tuple(disagreements(facts)),
    )


def _household_section(facts: HouseholdFacts) -> Section:
    """Who is in the household on the day."""
    household = facts.household
    poor = "否"
    if household["is_registered_poor"]:
        poor = f"是，{household['lifted_on']} 脱贫" if household["is_lifted"] else "是，未脱贫"
    assistance = [
        name for name, has in (("低保", household["is_on_dibao"]), ("特困供养", household["is_on_tekun"])) if has
    ]
    words = (
        f"建档立卡：{poor}  在册救助：{'、'.join(assistance) or '无'}  监测对象：{yes_no(household['is_monitored'])}"
        f"  居住情况：{household['residence'] or '未填'}",
    )
    rows = tuple(
        (
            str(number),
            "户主" if member["is_head"] else member["relation"] or "未填",
            member["sex"] or "－",
            str(member["age"]) if member["age"] is not None else "－",
            member["health"] or "未填",
            member["labour_ability"] or "未填",
            member["disability_level"] or ("是" if member["is_disabled"] else "无"),
            member["person_key"],
        )
        for number, member in enumerate(facts.members, start=1)
    )
    headers = ("序号", "与户主关系", "性别", "年龄", "健康状况", "劳动能力", "残疾", "人员键")
    title = f"家庭成员（共同生活 {facts.income['members']} 人）"
    return Section(title, words, tables=(Table(headers, rows, frozenset({0, 3})),))


def _income_section(facts: HouseholdFacts) -> Section:
    """Every item, quarter by quarter, with its source rows."""
    sources: dict[tuple[str, date], list[Row]] = defaultdict(list)
    for source in facts.sources:
        if source["component"] != "job_cost":
            sources[source["item"], source["quarter"]].append(source)
    people = {member["person_key"]: str(number) for number, member in enumerate(facts.members, start=1)}
    by_item: dict[str, list[Row]] = defaultdict(list)
    for quarter in facts.quarters:
        by_item[quarter["item"]].append(quarter)
    yearly = yearly_fen(facts.quarters)
    items = [
        ItemSum(
            label=ITEMS[item],
            quarters=tuple(_quarter_line(row, sources[item, row["quarter"]], people) for row in quarters),
            total=f"合计 {yuan(from_fen(yearly[item]))} 元{_total_note(facts, item, quarters)}",
        )
        for item, quarters in by_item.items()
    ]
    words = (
        "部门记录与入户申报按季比较，取大的一方计入；申报为全季金额，按该季在计算期内的月数分摊，⅓、⅔ 为三分之一、三分之二分。",
    )
    first, last = facts.income["window_first_month"], facts.income["window_last_month"]
    title = f"各项收支（计算期 {month_label(first)} 至 {month_label(last)}，单位：元）"
    return Section(title, words, items=(*items, *_beside_quarters(facts, people)))


def _total_note(facts: HouseholdFacts, item: str, quarters: list[Row]) -> str:
    """What the reader should know of an item's yearly amount."""
    if item == "employment_cost" and all(row["deduction"] != item for row in facts.deductions):
        return "（本县所执行的文件不按申报扣减）"
    return "（各季相加后四舍五入到分）" if any(row["counted_thirds_of_fen"] % 3 for row in quarters) else ""


def _beside_quarters(facts: HouseholdFacts, people: dict[str, str]) -> Iterator[ItemSum]:
    """Source rows that no comparison of quarters takes in: employment cost by kind of job, and assistance that is no income."""
    for kind, label in (("job_cost", "就业成本（按就业类型）"), ("not_income", ITEMS["not_income"])):
        rows = [row for row in facts.sources if kind in (row["component"], row["item"])]
        total = "用于对应支出，不算收入"
        if kind == "job_cost":
            total = f"合计 {yuan(sum((row['amount_yuan'] for row in rows), Decimal(0)))} 元"
        by_quarter: dict[date, list[Row]] = defaultdict(list)
        for row in rows:
            by_quarter[row["quarter"]].append(row)
        lines = tuple(
            QuarterLine(
                quarter=quarter_label(quarter),
                recorded="－",
                declared="－",
                counted="－",
                side="按月相加" if kind == "job_cost" else "不计入",
                sources=tuple(_source_line(row, people) for row in of_quarter),
            )
            for quarter, of_quarter in sorted(by_quarter.items())
        )
        if lines:
            yield ItemSum(label, lines, total)


def _quarter_line(row: Row, sources: list[Row], people: dict[str, str]) -> QuarterLine:
    """One item in one quarter."""
    side = SIDES[row["counted_side"]]
    if row["item"] == "rigid_illness":
        side += "（减去已记因残部分）" if row["counted_side"] == "declared" else ""
    elif row["declared_thirds_of_fen"] == 3 * fen(row["recorded_yuan"]):
        side = "两者相同"
    return QuarterLine(
        quarter=quarter_label(row["quarter"]),
        recorded=yuan(row["recorded_yuan"]),
        declared=exact(row["declared_thirds_of_fen"]),
        counted=exact(row["counted_thirds_of_fen"]),
        side=side,
        sources=tuple(_source_line(source, people) for source in sources),
    )


def _source_line(row: Row, people: dict[str, str]) -> SourceLine:
    """One source row."""
    sheet = f" 工作表“{row['source_sheet']}”" if row["source_sheet"] else ""
    what = COMPONENTS.get(row["component"], row["detail"] or "")
    if row["subsidy_kind"] and row["subsidy_kind"] not in (
        row["detail"],
        what.removesuffix("发放").removesuffix("名册"),
    ):
        what += f"（{row['subsidy_kind']}）"
    if row["person_key"]:
        what = f"成员{people[row['person_key']]} {what}"
    share = f" × {row['months']}/3" if row["origin"] == "declared" and row["months"] < 3 else ""
    fate = "计入" if row["is_counted"] else "未计入"
    if row["is_left_out_of_assessed"]:
        fate += "，不计入核算收入"
    return SourceLine(
        form=form_label(row["form"]),
        place=f"{row['source_file']}{sheet} 第 {row['source_row']} 行",
        when=month_label(row["month"]) if row["month"] else quarter_label(row["quarter"]),
        what=what,
        amount=yuan(row["amount_yuan"]) + share,
        fate=fate,
    )


def _concept_section(facts: HouseholdFacts) -> Section:
    """Disposable income for monitoring and assessed income for dibao, side by side."""
    income = facts.income
    words = (
        f"转移净收入 = 公共转移 {yuan(income['transfers_received_public_yuan'])} + 赡养抚养 "
        f"{yuan(income['transfers_received_family_yuan'])} － 转移性支出 {yuan(income['transfers_paid_yuan'])}；"
        f"经营净收入 = 经营收入 {yuan(income['business_gross_yuan'])} － 经营成本 {yuan(income['business_cost_yuan'])}。",
    )
    rows = [(name, yuan(income[column]), yuan(income[column]), "") for name, column in PARTS]
    rows.append(("四项之和", yuan(income["disposable_income_yuan"]), yuan(income["disposable_income_yuan"]), ""))
    rows += [
        (f"减：{DEDUCTIONS[row['deduction']]}", "", f"-{yuan(row['amount_yuan'])}", _why_deducted(row))
        for row in facts.deductions
    ]
    rows.append(("全户全年", yuan(income["disposable_income_yuan"]), yuan(income["assessed_income_yuan"]), ""))
    per_head = (income["disposable_income_per_capita_yuan"], income["assessed_income_per_capita_yuan"])
    rows.append((f"人均（÷ {income['members']} 人，四舍五入到分）", yuan(per_head[0]), yuan(per_head[1]), ""))
    after = (
        f"扣除刚性支出后收入：{yuan(income['disposable_income_yuan'])} － {yuan(income['rigid_spending_yuan'])} = "
        f"{yuan(income['after_rigid_income_yuan'])} 元，人均 {yuan(income['after_rigid_income_per_capita_yuan'])} 元。"
    )
    headers = ("", "可支配收入（监测用）", "核算收入（低保用）", "依据")
    return Section("两种口径（单位：元）", (*words, after), tables=(Table(headers, tuple(rows), frozenset({1, 2})),))


def _why_deducted(row: Row) -> str:
    """The clause of a deduction, its document and its cap."""
    text = " ".join(part.replace(";", "、") for part in (row["clause"], row["reference"]) if part)
    if row["cap_yuan"] is not None:
        text += f"；申报 {yuan(row['before_cap_yuan'])}，限额 {yuan(row['cap_yuan'])}，取小"
    return text


def _line_section(facts: HouseholdFacts) -> Section:
    """Each line in force for the household, and the distance to it."""
    rows = [
        (
            _line_label(line["line"]),
            _region_label(line["line_region"] or "0"),
            f"{line['document'] or '未填文号'}，{line['effective_from']} 起",
            line["concept"],
            yuan(line["figure_yuan"]),
            yuan(line["line_yuan_per_year"]),
            line_distance(facts, line),
        )
        for line in facts.lines
        if "@" not in line["line"] or line["line"] in facts.income["watch_line"]
    ]
    headers = ("标准", "层级", "文件", "口径", "人均", "标准金额", "距离，怎样会改变")
    return Section("标准线（元/年）", tables=(Table(headers, (_watch_row(facts), *rows), frozenset({4, 5})),))


def _region_label(code: str) -> str:
    """The level that a line is set for, 省级 for 35."""
    return REGION_LEVELS.get(len(code), code)


def _watch_row(facts: HouseholdFacts) -> tuple[str, ...]:
    """The line that warnings and exits compare with, as a row of the table of lines."""
    income = facts.income
    watch = {
        "concept": "可支配收入",
        "line_yuan_per_year": income["watch_line_yuan_per_year"],
        "distance_yuan": None,
    }
    if income["income_status"] != "待定":
        watch["distance_yuan"] = income["disposable_income_per_capita_yuan"] - income["watch_line_yuan_per_year"]
    return (
        "监测标准",
        "",
        f"即{_line_label(income['watch_line'])}",
        "可支配收入",
        yuan(income["disposable_income_per_capita_yuan"]),
        yuan(income["watch_line_yuan_per_year"]),
        line_distance(facts, watch),
    )


def _line_label(line: str) -> str:
    """省定贫困线@2017 is 省定贫困线（2017年末）; a multiple is written with its sign."""
    name, _, year = line.partition("@")
    return f"{name}（{year}年末）" if year else name.replace("x", " × ")


def _class_section(facts: HouseholdFacts) -> Section:
    """Each class with its clause, figures and what would change it."""
    if not facts.classes:
        return Section(
            "认定",
            (
                "没有任何认定类别。"
                if facts.income["income_status"] != "待定"
                else "收入待定，不作以收入为条件的认定。",
            ),
        )
    rows = tuple(
        (
            f"{row['document']} {row['class_name']}" + (f"（成员 {row['person_key']}）" if row["person_key"] else ""),
            row["clause"].replace(";", "、"),
            row["evidence"],
            _distance(row["distance"]),
            class_flip(facts, row),
        )
        for row in facts.classes
    )
    headers = ("类别", "条款", "事实", "距标准", "怎样会改变")
    return Section("认定", tables=(Table(headers, rows, frozenset({3})),))


def _distance(distance: Decimal | None) -> str:
    """A signed distance, or a dash where the class rests on no figure."""
    return "－" if distance is None else f"{distance:+,.2f}"


def _warning_section(facts: HouseholdFacts) -> Section:
    """The open warning with all its reasons."""
    if not facts.warnings:
        return Section("预警", ("没有预警。",))
    words = tuple(
        f"{warning['warning_no']}  {warning['issued_on']} 发出，{warning['due_on'] or '（日历未到）'} 前核实，"
        f"{warning['status']}  渠道：{(warning['channels'] or '').replace(';', '、')}"
        for warning in facts.warnings
    )
    rows = tuple(
        (row["label"], row["evidence"], row["department"], warning_flip(row["rule_id"])) for row in facts.reasons
    )
    return Section("预警", words, tables=(Table(("原因", "事实", "责任部门", "怎样会改变"), rows),))


def _finding_section(facts: HouseholdFacts) -> Iterator[Section]:
    """What else somebody has to act on: gaps, entitlements, deadlines, conflicts, exits; left out when there is nothing."""
    rows = tuple(
        (
            FINDINGS[row["kind"]],
            row["clause"],
            row["subject"],
            row["evidence"],
            yuan(row["amount_due_yuan"]),
            str(row["due_on"] or "－"),
            row["department"] or "－",
        )
        for row in facts.findings
    )
    if rows:
        headers = ("种类", "条款", "事项", "事实", "金额", "期限", "责任部门")
        yield Section("应办事项", tables=(Table(headers, rows, frozenset({4})),))


def _score_section(facts: HouseholdFacts) -> Iterator[Section]:
    """The risk score with its reasons, where the night was scored."""
    if facts.score is not None:
        known = {name: value for name, value in facts.score.items() if value is not None}
        yield Section("风险评分（只作排序，不作认定）", tuple(_score_words(known)))


def _score_words(score: Row) -> Iterator[str]:
    """The score's own columns in words."""
    place = (
        f"全县第 {score['rank_in_county']} 位，本乡镇第 {score['rank_in_township']} 位"
        if "rank_in_county" in score
        else ""
    )
    yield "，".join(part for part in (f"分值 {score['score']:.3f}", str(score.get("band", "")), place) if part)
    if score.get("reasons"):
        yield f"理由：{score['reasons']}"
    if score.get("feeds_missing"):
        yield f"缺少的资料：{score['feeds_missing']}"


def _data_section(facts: HouseholdFacts) -> Section:
    """How complete the data are, and what in them contradicts."""
    income = facts.income
    status = f"收入资料{income['income_status']}：计算期 12 个月中 {income['months_covered']} 个月有入户调查。"
    if income["income_status"] == "待定":
        status += "现有金额只是部门记录部分，是下限；请安排入户调查。"
    elif income["income_status"] == "部分":
        low, high = (yuan(income[f"disposable_income_{side}_yuan"]) for side in ("low", "high"))
        status += f"缺调查的月份只有部门记录；按本户已调查季度的月均推算，全年可支配收入在 {low} 元至 {high} 元之间。"
    conflicts = tuple(f"数据矛盾：{row['evidence']}" for row in facts.conflicts)
    missing = () if fen(income["disposable_income_yuan"]) or facts.quarters else ("计算期内没有任何记录和申报。",)
    return Section("资料情况", (status, *missing, *conflicts))
