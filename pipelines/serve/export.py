"""Tables of pages as workbooks, by the writer of the county's papers: cells are text, nothing can become a formula."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from pipelines.deliver.paper import PaperColumn, PaperSheet
from pipelines.deliver.workbook import workbook_bytes
from pipelines.errors import MistakeError
from pipelines.explain.bill import Bill, Section, Table
from pipelines.serve.listing import Listing
from pipelines.serve.nights import Desk
from pipelines.serve.users import ROLES, User

MOST_ROWS = 20_000
_SHEET_NAME = str.maketrans("", "", "[]:*?/\\'")


def listing_workbook(listing: Listing, desk: Desk, user: User) -> tuple[bytes, int]:
    """The whole table as a workbook, and its number of rows. Raises MistakeError when it is too long for one."""
    total = listing.count(desk)
    if total > MOST_ROWS:
        raise MistakeError(
            f"这张表有 {total:,} 行，超过一份 Excel 的上限 {MOST_ROWS:,} 行。请先筛选，或用 Parquet、DuckDB 文件（见“帮助”）。"
        )
    sheet = PaperSheet(
        name=_short(listing.title),
        title=listing.title,
        unit=_unit(desk, user),
        as_of=date.fromisoformat(desk.manifest.as_of),
        measure=listing.measure,
        columns=listing.columns,
        rows=listing.read(desk, MOST_ROWS),
        notes=_notes(desk, user),
    )
    return workbook_bytes([sheet]), total


def bill_workbook(bill: Bill, desk: Desk, user: User) -> bytes:
    """The sum of one household as a workbook: one sheet per section with a table, and one of all source rows."""
    sheets = [
        _text_sheet(_short(section.title), f"{bill.household_no} {section.title}", table, desk, user)
        for section in bill.sections
        for table in section.tables
    ]
    sources = [_source_table(section) for section in bill.sections if section.items]
    sheets += [_text_sheet("收支来源", f"{bill.household_no} 收支来源明细", table, desk, user) for table in sources]
    return workbook_bytes(sheets)


def _source_table(section: Section) -> Table:
    """Every source row of every item as one flat table."""
    rows = tuple(
        (item.label, line.quarter, source.when, source.what, source.amount, source.fate, source.form, source.place)
        for item in section.items
        for line in item.quarters
        for source in line.sources
    )
    return Table(("项目", "季度", "时间", "名目", "金额", "计入", "报表", "来源文件和行"), rows, frozenset({4}))


def _text_sheet(name: str, title: str, table: Table, desk: Desk, user: User) -> PaperSheet:
    columns = tuple(
        PaperColumn(str(index), header, fitting_width(header, [row[index] for row in table.rows]), _side(index, table))
        for index, header in enumerate(table.headers)
    )
    schema = {column.name: pl.String for column in columns}
    return PaperSheet(
        name=name,
        title=title,
        unit=_unit(desk, user),
        as_of=date.fromisoformat(desk.manifest.as_of),
        measure="元",
        columns=columns,
        rows=pl.DataFrame(list(table.rows), schema=schema, orient="row"),
        notes=_notes(desk, user),
    )


def _side(index: int, table: Table) -> str:
    return "right" if index in table.right else "left"


def fitting_width(header: str, texts: Sequence[str]) -> float:
    """Width of a column of texts: wide enough for most; longer ones wrap."""
    return min(40.0, max(8.0, *(2.1 * len(text) for text in (header, *texts[:200]))))


def _short(title: str) -> str:
    """A title as the name of a sheet: Excel forbids some letters and more than 31."""
    return title.translate(_SHEET_NAME)[:31]


def _unit(desk: Desk, user: User) -> str:
    return f"{desk.manifest.county}　{ROLES[user.role]} {user.name}"


def _notes(desk: Desk, user: User) -> tuple[str, ...]:
    return (
        f"由守望导出；采用 {desk.manifest.known_on} 及以前收到的报表，运行编号 {desk.manifest.run_id}。"
        "含农户数据，按涉密和个人信息管理规定保管，用后删除。导出已记入审计记录。",
    )
