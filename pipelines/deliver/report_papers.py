"""Reports of the county as workbooks: each a printed form of a published table, made from the closed build."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from pipelines.deliver.options import PaperOptions
from pipelines.deliver.paper import PaperChart, PaperColumn, PaperSheet
from pipelines.deliver.source import Source
from pipelines.deliver.suppression import HIDDEN, suppressed, suppressed_total

SIGNATURES = ("单位负责人", "审核人", "填表人", "联系电话", "报出日期")
_DIMENSIONS = {
    "township": "按乡镇",
    "village": "按村",
    "class": "按监测类别",
    "cause": "按风险类型",
    "channel": "按发现渠道",
}
_BASES = {"registered_poor": "建档立卡人口", "dibao": "低保人口（没有建档立卡人口，改用低保人口）"}
_UNMET = {
    "income_above_line_6_months": "收入未持续高于监测标准",
    "main_cause_solved": "主要风险未解决",
    "five_marks": "“两不愁三保障”及饮水有缺口或未走访",
    "since_identification": "识别未满规定月数",
    "measure_delivered": "识别后未落实帮扶措施",
    "labour_ability": "整户无劳动能力，暂不标注",
}
_EXIT_WORDS = {"yes": "可按程序退出", "no": "继续监测", "暂不标注": "暂不标注"}


def numbered(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `place`, the running number that forms print in front."""
    return rows.with_columns(place=pl.int_range(1, pl.len() + 1).cast(pl.String))


def report_sheet(
    source: Source,
    options: PaperOptions,
    name: str,
    columns: Sequence[PaperColumn],
    rows: pl.DataFrame,
    *,
    title: str | None = None,
    measure: str = "户、人",
    totals: dict[str, Any] | None = None,
    notes: tuple[str, ...] = (),
    is_landscape: bool = True,
    charts: tuple[PaperChart, ...] = (),
) -> PaperSheet:
    """A report in the usual form: signed at the foot, with the night and the state of its data among the notes."""
    return PaperSheet(
        name=name,
        title=f"{source.county_name}{title or name}",
        unit=f"{options.unit}（盖章）",
        as_of=source.as_of,
        measure=measure,
        columns=tuple(columns),
        rows=rows,
        totals=totals or {},
        notes=(*notes, f"{source.data_state}批次 {source.run_id}。"),
        signatures=SIGNATURES,
        is_landscape=is_landscape,
        charts=charts,
    )


def monitoring_scale(source: Source, options: PaperOptions) -> list[PaperSheet]:
    """监测规模表: households and people by township, village, class, cause and channel, with base and target."""
    rows = source.frame(
        "SELECT scale.*, CASE WHEN region.region_level = '村' THEN coalesce(above.region_name || ' ', '') ELSE '' END"
        " || region.region_name AS region_name FROM marts.rpt_monitoring_scale AS scale"
        " LEFT JOIN marts.dim_region AS region ON scale.value = region.region_code"
        " LEFT JOIN marts.dim_region AS above ON region.parent_code = above.region_code"
        " ORDER BY scale.dimension_order, scale.value"
    )
    county = rows.filter(pl.col("dimension") == "county")
    parts = rows.filter(pl.col("dimension") != "county").with_columns(
        label=pl.col("dimension").replace_strict(_DIMENSIONS),
        shown=pl.when(pl.col("dimension").is_in(["township", "village"]))
        .then(pl.coalesce("region_name", "value"))
        .otherwise("value"),
        share=_percent_of(pl.col("people"), pl.col("people").sum().over("dimension")),
    )
    parts = parts.with_columns(
        label=pl.when(pl.int_range(pl.len()).over("dimension") == 0).then("label").otherwise(pl.lit("")),
    )
    columns = (
        PaperColumn("label", "分组", 16),
        PaperColumn("shown", "名称", 26),
        PaperColumn("households", "户数（户）", 15),
        PaperColumn("people", "人数（人）", 15),
        PaperColumn("share", "占全县监测人数（%）", 18),
    )
    figures = county.row(0, named=True)
    totals = {"label": "全县合计", "households": figures["households"], "people": figures["people"]}
    totals["share"] = Decimal("100.0") if figures["people"] else None
    return [
        report_sheet(
            source, options, "监测规模表", columns, parts,
            title="防止返贫监测规模统计表", totals=totals, notes=_scale_notes(figures), is_landscape=False,
        )
    ]  # fmt: skip


def outside_rows(source: Source, threshold: int) -> pl.DataFrame:
    """The monitoring scale as outside readers may see it: dimension, value, households and people as text.

    Villages are left out, small numbers hidden, all others rounded, held against what was last given out.
    """
    rows = source.frame(
        "SELECT scale.dimension, scale.value, scale.households, scale.people, last.households AS last_households,"
        " last.people AS last_people FROM marts.rpt_monitoring_scale AS scale LEFT JOIN raw.ledger_outside AS last"
        " ON scale.dimension = last.dimension AND scale.value = last.value"
        " WHERE scale.dimension <> 'village' ORDER BY scale.dimension_order, scale.value"
    )
    is_county = pl.col("dimension") == "county"
    whole = rows.filter(is_county).row(0, named=True)
    totals = {
        name: suppressed_total(whole[name], threshold, whole[f"last_{name}"]) for name in ("households", "people")
    }
    parts = suppressed(rows.filter(~is_county), ["households", "people"], "dimension", threshold)
    county = pl.DataFrame([{"dimension": "county", "value": whole["value"], **totals}])
    return pl.concat([county, parts.select(county.columns)])


def outside_scale(source: Source, options: PaperOptions) -> PaperSheet:
    """监测规模表 for outside readers."""
    regions = source.frame("SELECT region_code AS value, region_name FROM marts.dim_region")
    shown = outside_rows(source, options.small_number).join(regions, on="value", how="left", maintain_order="left")
    parts = shown.filter(pl.col("dimension") != "county").with_columns(
        shown=pl.coalesce("region_name", "value"),
        label=pl.when(pl.int_range(pl.len()).over("dimension") == 0)
        .then(pl.col("dimension").replace_strict(_DIMENSIONS))
        .otherwise(pl.lit("")),
    )
    columns = (
        PaperColumn("label", "分组", 20),
        PaperColumn("shown", "名称", 30),
        PaperColumn("households", "户数（户）", 20),
        PaperColumn("people", "人数（人）", 20),
    )
    county = shown.row(0, named=True)
    totals = {"label": "全县合计", "households": county["households"], "people": county["people"]}
    note = (
        f"对外公开口径：{HIDDEN} 表示为保护个人隐私不予公布的数（含 1 至 {options.small_number} 的数），其余各数按 5 取整，"
        "合计单独取整；与上次公布相差不到 5 的，沿用上次公布的数。"
    )
    return report_sheet(
        source, options, "监测规模表（对外）", columns, parts,
        title="防止返贫监测规模统计表（对外）", totals=totals, notes=(note,), is_landscape=False,
    )  # fmt: skip


def _percent_of(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """A share with one decimal, nothing of nothing."""
    share = (pl.when(whole > 0).then(part * 1000 / whole)).round(0) / 10
    return share.cast(pl.Decimal(9, 1))


def _scale_notes(figures: dict[str, object]) -> tuple[str, ...]:
    """Base, target and difference in words, where a quota clause is adopted."""
    base = figures["base_people"]
    told = f"基数：{_BASES[str(figures['base_rule'])]} {base:,} 人，监测人数占 {figures['share_percent'] or '—'}%。"
    target, difference = figures["target_people"], figures["difference_people"]
    if not isinstance(target, Decimal) or not isinstance(difference, Decimal):
        return (f"{told}本县未采用规模控制条款，不设目标。",)
    word = "多" if difference >= 0 else "少"
    return (f"{told}目标 {target:,} 人（基数的规定比例），实际比目标{word} {abs(difference):,} 人。",)


def unmet_words(unmet: pl.Expr) -> pl.Expr:
    """The codes of unmet conditions as Chinese, one a line."""
    words = unmet.fill_null("")
    for code, word in _UNMET.items():
        words = words.str.replace_all(code, word, literal=True)
    return words.str.replace_all(";", "；\n", literal=True)


def dynamic_exit(source: Source, options: PaperOptions, heads: pl.DataFrame) -> list[PaperSheet]:
    """动态退出表: every monitored household with what leaving still wants, and those in their fade-out period."""
    rows = source.frame(
        "SELECT * FROM marts.rpt_dynamic_exit ORDER BY exit_candidate DESC, township_code, village, household_no"
    )
    rows = numbered(rows.join(heads, on="household_no", how="left", maintain_order="left")).with_columns(
        verdict=pl.col("exit_candidate").replace(_EXIT_WORDS), unmet=unmet_words(pl.col("unmet"))
    )
    columns = (
        PaperColumn("place", "序号", 5),
        PaperColumn("township", "乡镇", 10),
        PaperColumn("village", "村（社区）", 10),
        PaperColumn("household_no", "户编号", 13),
        PaperColumn("head_name", "户主姓名", 9),
        PaperColumn("members", "人口", 6),
        PaperColumn("monitor_class", "监测类别", 14),
        PaperColumn("identified_on", "识别时间", 14),
        PaperColumn("main_cause", "主要风险", 13),
        PaperColumn("verdict", "研判结论", 12),
        PaperColumn("unmet", "尚未满足的退出条件", 36, "left"),
    )
    candidates = rows.filter(pl.col("exit_candidate") == "yes").height
    notes = (f"在册监测对象 {rows.height} 户，符合退出条件 {candidates} 户；退出须按程序经县级审批，本表不代替审批。",)
    sheet = report_sheet(source, options, "动态退出表", columns, rows, title="监测对象动态退出研判表", notes=notes)
    return [sheet, *_gone(source, options, heads), *_fade_out(source, options, heads)]


def _gone(source: Source, options: PaperOptions, heads: pl.DataFrame) -> list[PaperSheet]:
    """退出停止返贫名单: who left this year, whose review lapsed, whose leaving is under way, who fell back, and why."""
    rows = source.frame("""
        SELECT states.*, monitored.members, monitored.monitor_class, CASE states.state
            WHEN '返贫' THEN '退出后又预警：' || coalesce(warned.reasons, '')
            WHEN '逾期停止' THEN '季度复审材料逾期未提供'
            WHEN '风险消除待审' THEN '退出程序进行中：' || coalesce(states.step, '')
            ELSE '风险消除，按程序退出' END AS reason
        FROM marts.fct_register_state AS states
        JOIN marts.fct_monitored_household AS monitored ON states.household_no = monitored.household_no
        LEFT JOIN (
            SELECT household_no, reasons, row_number() OVER (PARTITION BY household_no ORDER BY issued_on DESC) AS newest
            FROM marts.fct_warning_history
        ) AS warned ON states.household_no = warned.household_no AND warned.newest = 1
        WHERE states.state IN ('返贫', '逾期停止', '风险消除待审')
            OR (states.state = '已退出' AND year(states.since) = year(states.as_of))
        ORDER BY states.state, states.township_code, states.village, states.household_no
    """)
    if rows.is_empty():
        return []
    columns = (
        PaperColumn("place", "序号", 5),
        PaperColumn("township", "乡镇", 11),
        PaperColumn("village", "村（社区）", 11),
        PaperColumn("household_no", "户编号", 13),
        PaperColumn("head_name", "户主姓名", 9),
        PaperColumn("members", "人口", 6),
        PaperColumn("monitor_class", "监测类别", 14),
        PaperColumn("state", "状态", 13),
        PaperColumn("since", "起始日期", 15),
        PaperColumn("reason", "原因", 40, "left"),
    )
    rows = numbered(rows.join(heads, on="household_no", how="left", maintain_order="left"))
    title = "监测对象退出、停止和返贫名单"
    return [report_sheet(source, options, "退出停止返贫", columns, rows, title=title)]


def _fade_out(source: Source, options: PaperOptions, heads: pl.DataFrame) -> list[PaperSheet]:
    """渐退户名单, where a document with a fade-out is adopted."""
    rows = source.frame(
        "SELECT fade.*, place.township, place.village, place.members, document.number FROM marts.fct_fade_out AS fade"
        " LEFT JOIN policy.document AS document ON fade.document = document.document"
        " JOIN marts.dim_household AS place ON fade.household_no = place.household_no"
        " ORDER BY place.township_code, place.village, fade.household_no"
    )
    if rows.is_empty():
        return []
    rows = numbered(rows.join(heads, on="household_no", how="left", maintain_order="left")).with_columns(
        pl.col("first_month", "last_month").dt.strftime("%Y年%-m月")
    )
    columns = (
        PaperColumn("place", "序号", 6),
        PaperColumn("township", "乡镇", 14),
        PaperColumn("village", "村（社区）", 14),
        PaperColumn("household_no", "户编号", 18),
        PaperColumn("head_name", "户主姓名", 12),
        PaperColumn("members", "人口", 8),
        PaperColumn("number", "依据文件", 18),
        PaperColumn("first_month", "渐退开始月", 18),
        PaperColumn("last_month", "渐退结束月", 18),
        PaperColumn("is_extended", "是否延长", 10),
    )
    return [report_sheet(source, options, "渐退户名单", columns, rows, title="低保渐退户名单")]
