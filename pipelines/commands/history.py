"""`shouwang history`: what the county looked like at each of the last month ends, worked out anew in one run.

Counts by township stay in the county's folder, where the pages' trend finds them; nothing is published.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import duckdb
import polars as pl
import typer

from pipelines.commands.options import AsOfOption, HomeOption, KnownOnOption, open_county, parse_day, show_step
from pipelines.errors import MistakeError
from pipelines.explain.console import pad
from pipelines.explain.private_night import build_private, open_warehouse, private_folder
from pipelines.night import yesterday
from pipelines.settings import Settings
from pipelines.warehouse.lock import SHANGHAI
from pipelines.warehouse.month_ends import keep_history

_WIDTHS = (12, 10, 10, 10, 18, 18, 12, 12, 18)
_HEADERS = (
    "月末", "户数", "人数", "收入待定", "低于监测线户", "低于监测线人", "低保在保户", "监测对象户", "人均收入中位数（元）",
)  # fmt: skip
_SUMMARY = """
    SELECT as_of, count(*), sum(members), count(*) FILTER (income_status = '待定'), count(*) FILTER (is_below_watch_line),
        coalesce(sum(members) FILTER (is_below_watch_line), 0), count(*) FILTER (is_on_dibao),
        CASE WHEN count(is_monitored) > 0 THEN count(*) FILTER (is_monitored) END,
        median(disposable_income_per_capita_yuan) FILTER (income_status <> '待定')
    FROM fct_household_history GROUP BY as_of ORDER BY as_of
"""


def history(
    *,
    home: HomeOption = None,
    as_of: AsOfOption = None,
    known_on: KnownOnOption = None,
    months: Annotated[int, typer.Option("--months", min=1, help="到基准日为止多少个月末。")] = 24,
    out: Annotated[
        Path | None, typer.Option("--out", help="把每户每个月末另存为 Parquet。", show_default=False)
    ] = None,
) -> None:
    """Print one line per month end; each is worked out with the lines, members and window of its own day."""
    county = open_county(home)
    known = parse_day(known_on, "--known-on") or datetime.now(SHANGHAI).date()
    day = parse_day(as_of, "--as-of") or yesterday()
    show_step(f"正在另行计算 {months} 个月末（不发布，不改动已发布的数据）")
    settings = Settings.from_environment()
    with private_folder() as folder:
        warehouse = build_private(county, day, known, settings, folder, history_months=months)
        with open_warehouse(warehouse, settings) as connection:
            for line in history_lines(connection):
                typer.echo(line)
            keep_history(county, connection)
            typer.echo("各月末的合计数已存入县级目录，网页总览的走势随之补齐。")
            if out is not None:
                rows: pl.DataFrame = connection.sql("FROM fct_household_history ORDER BY as_of, household_no").pl()
                rows.write_parquet(out)
                typer.echo(f"每户每个月末的收入已写出 {out}。")


def history_lines(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """The month ends as a Chinese table, one line each.

    Raises MistakeError when no month end has a list of households.
    """
    ends = connection.execute(_SUMMARY).fetchall()
    if not ends:
        raise MistakeError("这些月末都没有农户花名册，算不出历史。请先收齐这些月份的花名册。")
    yield _row(_HEADERS)
    for end in ends:
        yield _row(tuple("" if value is None else f"{value}" for value in end))


def _row(cells: tuple[str, ...]) -> str:
    """One line of the table."""
    return "  ".join(pad(cell, columns) for cell, columns in zip(cells, _WIDTHS, strict=True)).rstrip()
