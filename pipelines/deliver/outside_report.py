"""监测规模表 for outside readers: small numbers hidden, and held against what was last given out."""

from __future__ import annotations

import polars as pl

from pipelines.deliver.options import PaperOptions
from pipelines.deliver.paper import PaperColumn, PaperSheet
from pipelines.deliver.report_papers import DIMENSIONS, report_sheet
from pipelines.deliver.source import Source
from pipelines.deliver.suppression import HIDDEN, suppressed, suppressed_total


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
    if HIDDEN in totals.values():  # as in every other row: one small count hides the other
        totals = dict.fromkeys(totals, HIDDEN)
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
        .then(pl.col("dimension").replace_strict(DIMENSIONS))
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
