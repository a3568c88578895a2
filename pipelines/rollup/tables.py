"""The roll-up's own DuckDB file: the counties' figures with Chinese labels, as the counties' own files have them."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines.settings import Settings
from pipelines.warehouse.connect import attach, memory_connection
from pipelines.warehouse.extract import MARTS, TableContent, write_analyst_file
from pipelines.warehouse.sql import Name, Text, statement

ROLLUP_FILE = "rollup.duckdb"
_TABLES = {
    "rollup_county": "参加汇总的县。每行一个县，未报的县也在内",
    "rollup_scale": "监测规模。每行一个县一个维度的一个值，最细到乡镇",
    "rollup_class": "认定结果。每行一个县一份文件的一个类别",
    "rollup_warning": "预警核实。每行一个县",
    "rollup_exit": "动态退出。每行一个县",
    "rollup_flow": "建档销号。每行一个县的一个期间",
}
_COLUMNS = {
    "county_region": "县级行政区划代码",
    "county_name": "县（市、区）",
    "documents": "采用的文件。代号",
    "has_reported": "是否已报。发布过该基准日的数据",
    "as_of": "基准日",
    "known_on": "采用报表截止日",
    "run_id": "批次",
    "published_at": "发布时间",
    "code_version": "程序版本",
    "late_forms": "未到的月报表",
    "newest": "最近一期。该县发布过的最近基准日",
    "dimension_order": "维度次序",
    "dimension": "维度。county 全县、township 乡镇、class 类别、cause 风险类型、channel 渠道",
    "value": "维度的值",
    "households": "户数",
    "people": "人数",
    "base_rule": "基数口径。registered_poor 建档立卡人口、dibao 低保人口",
    "base_people": "基数人数",
    "share_percent": "占基数比例。%",
    "target_people": "目标人数",
    "difference_people": "与目标的差。人",
    "document": "文件代号",
    "document_number": "依据文件。文号",
    "class_name": "类别",
    "in_hand": "在办预警",
    "handed_out": "本日新下发",
    "waiting": "待核实",
    "overdue": "逾期未核实",
    "longest_overdue_days": "最长逾期。天",
    "verified": "已核实",
    "silent": "静默",
    "monitored": "在册监测对象。户",
    "candidates": "符合退出条件。户",
    "not_marked": "暂不标注。户",
    "under_way": "风险消除待审。户",
    "gone_this_year": "本年已退出。户",
    "lapsed": "逾期停止。户",
    "returned": "返贫。户，退出后又预警",
    "period": "期间。month 月、last_month 上月、quarter 季、year 年",
    "first_day": "期间第一天",
    "opening": "期初",
    "found": "本期新增",
    "closed": "本期销号",
    "open_now": "期末",
}


def write_tables(
    figures: dict[str, pl.DataFrame], work: Path, target: Path, settings: Settings
) -> dict[str, TableContent]:
    """Write the figures into the new DuckDB file `target`, with labels and Chinese views; `work` is for drafts."""
    build, spill = work / "rollup_build.duckdb", work / "spill"
    connection = memory_connection(settings, spill)
    try:
        attach(connection, build, "build", read_only=False)
        connection.execute(statement("CREATE SCHEMA {marts}", marts=Name("build", MARTS)))
        for name, rows in figures.items():
            table = Name("build", MARTS, name)
            connection.register("figures", rows.to_arrow())
            connection.execute(statement("CREATE TABLE {table} AS FROM figures", table=table))
            connection.unregister("figures")
            connection.execute(statement("COMMENT ON TABLE {table} IS {text}", table=table, text=Text(_TABLES[name])))
            for column in rows.columns:
                place = Name("build", MARTS, name, column)
                comment = "COMMENT ON COLUMN {place} IS {text}"
                connection.execute(statement(comment, place=place, text=Text(_COLUMNS[column])))
    finally:
        connection.close()
    contents = write_analyst_file(build, target, spill, settings)
    build.unlink()
    return contents
