"""Reports of the county as workbooks: each a printed form of a published table, made from the closed build."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from pipelines.deliver.options import PaperOptions
from pipelines.deliver.paper import PaperChart, PaperColumn, PaperSheet
from pipelines.deliver.source import Source

SIGNATURES = ("单位负责人", "审核人", "填表人", "联系电话", "报出日期")
DIMENSIONS = {
    "township": "按乡镇",
    "village": "按村",
    "class": "按监测类别",
    "cause": "按风险类型",
    "channel": "按发现渠道",
}
_BASES = {"registered_poor": "建档立卡人口", "dibao": "低保人口（没有建档立卡人口，改用低保人口）"}


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
        notes=(*notes, source.origin),
        origin=source.origin,
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
        label=pl.col("dimension").replace_strict(DIMENSIONS),
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
