"""一户一档: all that the warehouse knows of a monitored household and where it came from, a PDF per village."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import typst

from pipelines.deliver.options import PaperOptions
from pipelines.deliver.paper import cell_text, official_text
from pipelines.deliver.source import Source
from pipelines.deliver.verification_list import safe_name
from pipelines.errors import MistakeError
from pipelines.explain.cjk_font import chinese_family

LABEL = "一户一档"
_LONG = re.compile(r"(/|^YJ[0-9A-Za-z]+-)")  # after these a path and a warning's number may go on in the next line
_TEMPLATE = Path(__file__).with_name("household_file.typ")


@dataclass(frozen=True)
class _Part:
    """One table of a file: heading, the query (household_no first, then the printed columns), headers and widths."""

    name: str
    query: str
    headers: tuple[str, ...]
    widths: tuple[int, ...]


_PARTS = (
    _Part(
        "认定情况",
        "SELECT household_no, class_name, clause, evidence FROM marts.fct_household_class ORDER BY document, class_name",
        ("类别", "条款", "依据"),
        (3, 3, 10),
    ),
    _Part(
        "近12个月收入（元）",
        """
            SELECT household_no, item, total, per_head FROM (
                SELECT household_no, 1 AS place, '工资性收入' AS item, wage_income_yuan AS total,
                    wage_income_per_capita_yuan AS per_head FROM marts.fct_household_income
                UNION ALL SELECT household_no, 2, '经营净收入', net_business_income_yuan,
                    net_business_income_per_capita_yuan FROM marts.fct_household_income
                UNION ALL SELECT household_no, 3, '财产净收入', net_property_income_yuan,
                    net_property_income_per_capita_yuan FROM marts.fct_household_income
                UNION ALL SELECT household_no, 4, '转移净收入', net_transfer_income_yuan,
                    net_transfer_income_per_capita_yuan FROM marts.fct_household_income
                UNION ALL SELECT household_no, 5, '可支配收入', disposable_income_yuan,
                    disposable_income_per_capita_yuan FROM marts.fct_household_income
                UNION ALL SELECT household_no, 6, '刚性支出', rigid_spending_yuan, NULL FROM marts.fct_household_income
                UNION ALL SELECT household_no, 7, '低保核算收入', assessed_income_yuan,
                    assessed_income_per_capita_yuan FROM marts.fct_household_income
            ) ORDER BY place
        """,
        ("项目", "全户", "人均"),
        (5, 4, 4),
    ),
    _Part(
        "预警及核实",
        "SELECT household_no, warning_no, issued_on, reasons, verified_on, verdict, closed_on,"
        " coalesce(close_cause, '未关闭') FROM marts.fct_warning_history ORDER BY issued_on, warning_no",
        ("预警编号", "下发日期", "原因", "核实日期", "核实结果", "关闭日期", "关闭原因"),
        (7, 5, 7, 5, 4, 5, 5),
    ),
    _Part(
        "认定与退出程序",
        "SELECT household_no, purpose, step, started_on, ended_on, outcome, source_file || ' 第 ' || source_row || ' 行'"
        " FROM marts.fct_case ORDER BY started_on, step",
        ("事项", "环节", "开始", "结束", "结果", "来源"),
        (2, 3, 4, 4, 2, 6),
    ),
    _Part(
        "帮扶措施",
        "SELECT measures.household_no, measures.kind, measures.measure, measures.started_on,"
        " CAST(measures.amount_fen * CAST(0.01 AS DECIMAL(3, 2)) AS DECIMAL(18, 2)) AS amount, measures.department,"
        " receipts.file || ' 第 ' || measures._row || ' 行'"
        " FROM staging.stg_assistance_measure AS measures JOIN raw.receipt AS receipts ON measures._receipt = receipts.seq"
        " WHERE measures.started_on <= $as_of ORDER BY measures.started_on, measures.measure",
        ("类型", "措施", "开始日期", "金额（元）", "责任单位", "来源"),
        (3, 4, 5, 3, 3, 7),
    ),
    _Part(
        "入户走访",
        "SELECT visits.household_no, visits.visited_on, visits.visitor,"
        " coalesce(nullif(concat_ws('、', CASE WHEN NOT food_ok THEN '吃穿' END, CASE WHEN NOT schooling_ok THEN '义务教育' END,"
        " CASE WHEN NOT medical_ok THEN '基本医疗' END, CASE WHEN NOT housing_ok THEN '住房安全' END,"
        " CASE WHEN NOT water_ok THEN '饮水安全' END), ''), '无'), receipts.file || ' 第 ' || visits._row || ' 行'"
        " FROM staging.stg_visit_record AS visits JOIN raw.receipt AS receipts ON visits._receipt = receipts.seq"
        " WHERE visits.visited_on <= $as_of ORDER BY visits.visited_on",
        ("走访日期", "走访人", "发现的保障缺口", "来源"),
        (4, 3, 6, 6),
    ),
)
_MEMBERS = _Part(
    "家庭成员",
    "SELECT household_no, person_key, relation, health, labour_ability, self_care, is_disabled"
    " FROM marts.dim_person ORDER BY is_head DESC, person_key",
    ("姓名", "与户主关系", "性别", "年龄", "健康状况", "劳动能力", "自理能力", "持证残疾"),
    (4, 3, 2, 2, 4, 4, 4, 3),
)
_FACTS = """
    SELECT monitored.*, states.state, states.since, house.residence, house.household_kind, source.helper, source.partner,
        income.income_status, income.disposable_income_per_capita_yuan
    FROM marts.fct_monitored_household AS monitored
    JOIN intermediate.int_monitored AS source ON monitored.household_no = source.household_no
    JOIN marts.dim_household AS house ON monitored.household_no = house.household_no
    LEFT JOIN marts.fct_household_income AS income ON monitored.household_no = income.household_no
    LEFT JOIN marts.fct_register_state AS states ON monitored.household_no = states.household_no
    ORDER BY monitored.region_code, monitored.household_no
"""


def write_household_files(
    source: Source,
    options: PaperOptions,
    heads: pl.DataFrame,
    members: pl.DataFrame,
    candidate: Path,
    *,
    progress: Callable[[str], None],
) -> list[tuple[Path, int]]:
    """One PDF per village with households on the monitoring register, those that left it too, under households/; returns the files with their households.

    `heads`: household_no, head_name, phone; `members`: household_no, person_key, person_name. Without a Chinese
    font on the machine none is written, and `progress` says so.
    """
    facts = source.frame(_FACTS).join(heads, on="household_no", how="left", maintain_order="left")
    if facts.is_empty():
        return []
    try:
        font = chinese_family()
    except MistakeError as error:
        progress(f"一户一档：未制作。{error.message}")
        return []
    parts = {part.name: _grouped(_frame(source, part), part) for part in _PARTS}
    people = source.frame(_MEMBERS.query).join(
        members, on=["household_no", "person_key"], how="left", maintain_order="left"
    )
    people = people.select(
        "household_no", "person_name", "relation", *_sex_and_age(source),
        "health", "labour_ability", "self_care", "is_disabled",
    )  # fmt: skip
    parts = {_MEMBERS.name: _grouped(people, _MEMBERS)} | parts
    compiler = typst.Compiler(_TEMPLATE)  # one for all: it looks through the machine's fonts once
    written = []
    for (code,), village in facts.partition_by("region_code", as_dict=True, maintain_order=True).items():
        place = f"{safe_name(str(village['township'][0] or ''))}-{code}-{safe_name(str(village['village'][0] or ''))}"
        target = candidate / "households" / f"{place}-{source.as_of}.pdf"
        target.parent.mkdir(parents=True, exist_ok=True)
        content = {
            "county": source.county_name,
            "unit": options.unit,
            "state": f"数据截止 {cell_text(source.as_of)}，批次 {source.run_id}",
            "households": [_household(row, parts) for row in village.iter_rows(named=True)],
        }
        inputs = {"file": json.dumps(content, ensure_ascii=False), "font": font}
        compiler.compile(output=target, format="pdf", sys_inputs=inputs)
        target.chmod(0o440)
        written.append((target, village.height))
    return written


def _sex_and_age(source: Source) -> tuple[pl.Expr, pl.Expr]:
    """Sex and full years on D, from the id number; nothing where it is not known."""
    number = pl.col("person_id")
    born = number.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    day = pl.lit(source.as_of)
    months = day.dt.month() - born.dt.month()  # small numbers only: polars keeps months and days in eight bits
    had_birthday = (months > 0) | ((months == 0) & (day.dt.day() >= born.dt.day()))
    age = day.dt.year() - born.dt.year() - 1 + had_birthday.cast(pl.Int32)
    odd = number.str.slice(16, 1).str.to_integer(strict=False) % 2 == 1
    return pl.when(odd).then(pl.lit("男")).when(~odd).then(pl.lit("女")).alias("sex"), age.alias("age")


def _frame(source: Source, part: _Part) -> pl.DataFrame:
    """A part's rows of the households on the register, those that left it too."""
    parameters: dict[str, object] | None = {"as_of": source.as_of} if "$as_of" in part.query else None
    rows = source.frame(part.query, parameters)
    kept = source.frame("SELECT household_no FROM marts.fct_monitored_household")
    return rows.join(kept, on="household_no", how="semi", maintain_order="left")


def _grouped(rows: pl.DataFrame, part: _Part) -> dict[str, dict[str, Any]]:
    """The part as the template takes it, by household; texts in official form."""
    texts = rows.with_columns(official_text(pl.col(pl.String).exclude("household_no", "warning_no")))
    found: dict[str, dict[str, Any]] = {}
    for household, *cells in texts.iter_rows():
        found.setdefault(household, _empty(part))["rows"].append(
            [_LONG.sub("\\1\u200b", cell_text(cell)) for cell in cells]
        )
    return found


def _empty(part: _Part) -> dict[str, Any]:
    return {"name": part.name, "headers": part.headers, "widths": part.widths, "rows": []}


def _household(row: dict[str, Any], parts: dict[str, dict[str, dict[str, Any]]]) -> dict[str, Any]:
    """One household: its facts in pairs, and every part, also those without rows."""
    facts = [
        ("户编号", "household_no"), ("户主姓名", "head_name"), ("联系电话", "phone"), ("乡镇", "township"), ("村（社区）", "village"),
        ("家庭人口", "members"), ("农户类型", "household_kind"), ("居住情况", "residence"), ("监测类别", "monitor_class"),
        ("识别时间", "identified_on"), ("主要风险", "main_cause"), ("发现渠道", "found_through"), ("帮扶责任人", "helper"),
        ("结对帮扶人", "partner"), ("人均可支配收入（元）", "disposable_income_per_capita_yuan"), ("目前状态", "state"),
        ("状态始于", "since"), ("收入状态", "income_status"),
    ]  # fmt: skip
    declared = {part.name: part for part in (_MEMBERS, *_PARTS)}
    return {
        "facts": [(label, cell_text(row[name])) for label, name in facts],
        "parts": [found.get(row["household_no"], _empty(declared[name])) for name, found in parts.items()],
    }
