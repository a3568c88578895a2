"""The roll-up as one workbook in the usual form: a line per county, those that did not report named and left blank."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from pipelines.deliver.paper import PaperColumn, PaperSheet
from pipelines.deliver.report_papers import SIGNATURES
from pipelines.deliver.source import chinese_date
from pipelines.rollup.region import Region

LABEL = "各县汇总"
_COUNTY = PaperColumn("county_name", "县（市、区）", 18)
_REMARK = PaperColumn("remark", "备注", 26, "left")
_BASES = {"registered_poor": "建档立卡人口", "dibao": "低保人口"}


def rollup_sheets(region: Region, as_of: date, figures: dict[str, pl.DataFrame]) -> list[PaperSheet]:
    """监测规模, 认定, 预警核实, 动态退出, 建档销号 and 数据状况 of all counties."""
    counties = figures["rollup_county"].with_columns(
        remark=pl.when("has_reported")
        .then(pl.lit(""))
        .otherwise(
            pl.when(pl.col("newest").is_null())
            .then(pl.lit("未报"))
            .otherwise(pl.format("未报（最近一期为 {}）", pl.col("newest").dt.strftime("%Y年%-m月%-d日")))
        )
    )
    missing = counties.filter(~pl.col("has_reported"))["county_name"].to_list()
    notes = (f"{'、'.join(missing)}未报，空格不是零，合计不含未报的县。",) if missing else ()
    forms = (_scale(counties, figures), _warning(counties, figures), _exit(counties, figures), _flow(counties, figures))
    sheets = [
        PaperSheet(
            name=name,
            title=f"{region.name}{title}",
            unit=f"{region.unit}（盖章）",
            as_of=as_of,
            measure=measure,
            columns=columns,
            rows=rows,
            totals=_totals(rows, summed),
            notes=(*notes, *more),
            signatures=SIGNATURES,
        )
        for name, title, measure, columns, rows, summed, more in (*forms, _classes(counties, figures))
    ]
    return [*sheets, _state(region, as_of, counties)]


def _beside(counties: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Every county with its figures, none for one that did not report."""
    return counties.select("county_region", "county_name", "remark").join(
        rows.drop("county_name"), on="county_region", how="left", maintain_order="left"
    )


def _totals(rows: pl.DataFrame, summed: tuple[str, ...]) -> dict[str, Any]:
    """The last line: what the counties that reported add up to; none where nothing may be added up."""
    return {"county_name": "合计"} | {name: rows[name].sum() for name in summed} if summed else {}


def _scale(counties: pl.DataFrame, figures: dict[str, pl.DataFrame]) -> tuple[Any, ...]:
    scale = figures["rollup_scale"].filter(pl.col("dimension") == "county")
    rows = _beside(counties, scale).with_columns(pl.col("base_rule").replace(_BASES))
    columns = (
        _COUNTY, PaperColumn("households", "监测户数", 12), PaperColumn("people", "监测人数", 12),
        PaperColumn("base_rule", "基数口径", 15), PaperColumn("base_people", "基数人数", 12),
        PaperColumn("share_percent", "占基数（%）", 12), PaperColumn("target_people", "目标人数", 13),
        PaperColumn("difference_people", "与目标差", 13), _REMARK,
    )  # fmt: skip
    note = "各县按本县采用的文件和标准认定；目标只有采用规模控制条款的县才有。基数口径不同的县不能直接相比。"
    return "监测规模", "防止返贫监测规模汇总表", "户、人", columns, rows, ("households", "people"), (note,)


def _classes(counties: pl.DataFrame, figures: dict[str, pl.DataFrame]) -> tuple[Any, ...]:
    rows = _beside(counties, figures["rollup_class"])
    columns = (
        _COUNTY, PaperColumn("document_number", "依据文件", 30), PaperColumn("class_name", "类别", 30),
        PaperColumn("households", "户数", 14), PaperColumn("people", "人数", 14), _REMARK,
    )  # fmt: skip
    note = "一户可以同时属于几个类别，各类别不能相加，本表不设合计。"
    return "认定结果", "困难对象认定结果汇总表", "户、人", columns, rows, (), (note,)


def _warning(counties: pl.DataFrame, figures: dict[str, pl.DataFrame]) -> tuple[Any, ...]:
    names = ("in_hand", "handed_out", "waiting", "overdue", "verified", "silent")
    heads = ("在办预警", "本日新下发", "待核实", "逾期未核实", "已核实", "静默")
    columns = (
        _COUNTY, *(PaperColumn(name, head, 13) for name, head in zip(names, heads, strict=True)),
        PaperColumn("longest_overdue_days", "最长逾期（天）", 16), _REMARK,
    )  # fmt: skip
    rows = _beside(counties, figures["rollup_warning"])
    return "预警核实", "防止返贫监测预警核实汇总表", "条", columns, rows, names, ()


def _exit(counties: pl.DataFrame, figures: dict[str, pl.DataFrame]) -> tuple[Any, ...]:
    names = ("monitored", "candidates", "not_marked", "under_way", "gone_this_year", "lapsed", "returned")
    heads = ("在册监测", "符合退出条件", "暂不标注", "风险消除待审", "本年已退出", "逾期停止", "返贫")
    columns = (_COUNTY, *(PaperColumn(name, head, 14) for name, head in zip(names, heads, strict=True)), _REMARK)
    return "动态退出", "监测对象动态退出汇总表", "户", columns, _beside(counties, figures["rollup_exit"]), names, ()


def _flow(counties: pl.DataFrame, figures: dict[str, pl.DataFrame]) -> tuple[Any, ...]:
    month = figures["rollup_flow"].filter(pl.col("period") == "month")
    newest = month.filter(pl.col("first_day") == pl.col("first_day").max().over("county_region"))
    names, heads = ("opening", "found", "closed", "open_now"), ("月初在册", "本月新增", "本月销号", "月末在册")
    columns = (_COUNTY, *(PaperColumn(name, head, 16) for name, head in zip(names, heads, strict=True)), _REMARK)
    return "建档销号", "监测对象建档销号平衡汇总表", "户", columns, _beside(counties, newest), names, ()


def _state(region: Region, as_of: date, counties: pl.DataFrame) -> PaperSheet:
    """Which night of each county this is, and what had not come to it."""
    rows = counties.with_columns(
        remark=pl.when("has_reported").then(pl.coalesce("late_forms", pl.lit(""))).otherwise("remark")
    )
    columns = (
        _COUNTY, PaperColumn("documents", "采用文件", 12), PaperColumn("as_of", "基准日", 16),
        PaperColumn("known_on", "采用报表截止日", 18), PaperColumn("run_id", "批次", 28),
        PaperColumn("remark", "未到的月报表", 40, "left"),
    )  # fmt: skip
    note = f"本表汇总各县 {chinese_date(as_of)} 这一夜发布的数据，只有户数人数，不含任何一户的资料。"
    return PaperSheet(
        name="数据状况", title=f"{region.name}各县数据状况表", unit=f"{region.unit}（盖章）", as_of=as_of,
        measure="县", columns=columns, rows=rows, notes=(note,), signatures=SIGNATURES,
    )  # fmt: skip
