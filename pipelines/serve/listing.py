"""A table of a page: a query, shown page by page on the screen and given out whole as a workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from pipelines.deliver.paper import PaperColumn, cell_text
from pipelines.serve.nights import Desk

PAGE_ROWS = 25
LONG = 30  # columns of this width or more hold sentences, which wrap on the screen
_PAGED = " LIMIT $most OFFSET $after"


def _as_it_is(rows: pl.DataFrame) -> pl.DataFrame:
    return rows


@dataclass(frozen=True)
class Listing:
    """One table.

    Attributes:
        name: of the table within its page, as it stands in links.
        title: Chinese.
        columns: what is shown and written to Excel.
        query: gives at least the columns' fields, in the order in which rows are shown.
        parameters: of the query.
        rows: the rows themselves, where they come from elsewhere than the night's tables; then there is no query.
        measure: the units, in Chinese, for the head of the workbook.
        opens: column whose value names a household that a click opens; empty when there is none.
        marks: columns whose text stands out as a badge.
        shape: turns codes into words after the query.
    """

    name: str
    title: str
    columns: tuple[PaperColumn, ...]
    query: str = ""
    parameters: dict[str, object] = field(default_factory=dict)
    measure: str = "户、人"
    rows: pl.DataFrame | None = None
    opens: str = ""
    marks: tuple[str, ...] = ()
    shape: Callable[[pl.DataFrame], pl.DataFrame] = _as_it_is

    @property
    def reads_as_cards(self) -> bool:
        """Whether a narrow screen shows each row as a card: rows of words do; rows of figures keep their columns."""
        return len(self.columns) > 4 and (bool(self.opens) or any(column.width >= LONG for column in self.columns))

    def read(self, desk: Desk, most: int, after: int = 0) -> pl.DataFrame:
        """At most so many rows, after so many others."""
        if self.rows is not None:
            return self.shape(self.rows.slice(after, most))
        page = {"most": most, "after": after}
        return self.shape(desk.frame(self.query + _PAGED, **self.parameters, **page))

    def count(self, desk: Desk) -> int:
        """How many rows there are."""
        if self.rows is not None:
            return self.rows.height
        return int(desk.one("SELECT count(*) AS n FROM (" + self.query + ")", **self.parameters)["n"])  # noqa: S608 - ours


@dataclass(frozen=True)
class Cell:
    """One cell as it is shown: its text, whether it is a figure, a badge, and where a click leads."""

    text: str
    is_figure: bool
    is_mark: bool
    link: str


@dataclass(frozen=True)
class Sheet:
    """One page of a listing on the screen."""

    listing: Listing
    lines: tuple[tuple[Cell, ...], ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE_ROWS))


def read_sheet(listing: Listing, desk: Desk, page: int) -> Sheet:
    """One page of a listing; a page beyond the last is the last."""
    rows = listing.read(desk, PAGE_ROWS, (page - 1) * PAGE_ROWS)
    if page == 1 and rows.height < PAGE_ROWS:  # all there is: no need to count it
        return Sheet(listing, tuple(_lines(listing, rows)), rows.height, page)
    total = listing.count(desk)
    last = max(1, -(-total // PAGE_ROWS))
    if page > last:
        page, rows = last, listing.read(desk, PAGE_ROWS, (last - 1) * PAGE_ROWS)
    return Sheet(listing, tuple(_lines(listing, rows)), total, page)


def _lines(listing: Listing, rows: pl.DataFrame) -> Iterable[tuple[Cell, ...]]:
    for row in rows.iter_rows(named=True):
        yield tuple(_cell(listing, column, row[column.name]) for column in listing.columns)


def _cell(listing: Listing, column: PaperColumn, value: Any) -> Cell:  # noqa: ANN401 - any value of a frame
    link = f"/households/{value}" if value and column.name == listing.opens else ""
    return Cell(cell_text(value), column.align == "right", column.name in listing.marks, link)
