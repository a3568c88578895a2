"""`shouwang explain`: the whole sum of one household."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import duckdb
import typer

from pipelines.commands.options import HomeOption, KnownOnOption, open_county, parse_day, show_step
from pipelines.county import County
from pipelines.errors import DamageError, MistakeError
from pipelines.explain.bill import write_bill
from pipelines.explain.console import bill_lines
from pipelines.explain.facts import read_facts
from pipelines.explain.paper import write_pdf
from pipelines.explain.private_night import build_private, open_warehouse, private_folder, published_folder
from pipelines.settings import Settings
from pipelines.warehouse.gates import ANALYST_FILE
from pipelines.warehouse.lock import SHANGHAI


def explain(
    household_no: Annotated[str, typer.Argument(help="户编号。", metavar="户编号")],
    home: HomeOption = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="基准日；不写则用现在发布的一夜。", show_default=False)
    ] = None,
    known_on: KnownOnOption = None,
    pdf: Annotated[
        Path | None, typer.Option("--pdf", help="另存为一页 PDF，可打印给农户签字。", show_default=False)
    ] = None,
) -> None:
    """Print the sum of one household, every yuan with its file and row; `pdf` writes it as a page instead."""
    county = open_county(home)
    days = (parse_day(as_of, "--as-of"), parse_day(known_on, "--known-on"))
    with _answer(county, *days, Settings.from_environment()) as connection:
        bill = write_bill(read_facts(connection, household_no.strip()))
    if pdf is None:
        for line in bill_lines(bill):
            typer.echo(line)
    else:
        pages = write_pdf(bill, pdf)
        typer.echo(f"已写出 {pdf}，{pages} 页。")
    if bill.problems:
        raise DamageError("这一户的各项相加与发布的金额不等，数据可能已损坏。请运行 shouwang verify。")


@contextmanager
def _answer(
    county: County, as_of: date | None, known_on: date | None, settings: Settings
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse that answers for the days asked about: a published one, else one built for this question."""
    folder = published_folder(county, as_of, known_on)
    if folder is not None:
        with open_warehouse(folder / ANALYST_FILE, settings) as connection:
            yield connection
        return
    if as_of is None:
        raise MistakeError("还没有发布过数据，请先运行 shouwang run，或用 --as-of 指定基准日。")
    show_step(f"没有发布过 {as_of} 的结果，正在另行计算（不发布）")
    with private_folder() as private:
        warehouse = build_private(county, as_of, known_on or datetime.now(SHANGHAI).date(), settings, private)
        with open_warehouse(warehouse, settings) as connection:
            yield connection
