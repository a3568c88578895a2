"""A paper of the county: what stands on it, apart from how it is drawn."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]|[\ud800-\udfff]")
_DATE = r"\b(\d{4})-0?(\d{1,2})-0?(\d{1,2})\b"

DATE_WIDTH = 16  # of a column whose dates stand on one line
CHART_COLOURS = ("#8C2D19", "#D9A441", "#4F6D7A", "#8A9A5B")  # told apart in grey, too: papers are copied


@dataclass(frozen=True)
class PaperColumn:
    """One printed column: field of the frame, header, width in Excel's units; `align` is left, center or right.

    An entry column is yellow and unlocked, for whoever fills the sheet in; `choices` are its dropdown's values,
    `hint` what it says when the cell is entered.
    """

    name: str
    header: str
    width: float
    align: str = "center"
    is_entry: bool = False
    choices: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True)
class PaperChart:
    """A picture of a sheet's own rows: a bar for each row, or a line over the rows.

    category, series: columns of the sheet, what stands under the axis and what is measured; the series' headers are
    the legend. kind: column, stacked or line. unit: what the axis counts.
    """

    title: str
    category: str
    series: tuple[str, ...]
    unit: str
    kind: str = "column"


@dataclass(frozen=True)
class PaperSheet:
    """One sheet: title, the line of 填报单位, 数据截止日 and 单位, the table, notes and the signature line.

    rows: one row per printed line, at least the columns' fields.
    totals: cells of a last 合计 line by field, none when empty.
    lines: further lines between the title and the table, such as a summary.
    charts: pictures of the rows, under the notes.
    origin: run and state of the data, for the file's properties where it is not printed.
    """

    name: str
    title: str
    unit: str
    as_of: date
    measure: str
    columns: tuple[PaperColumn, ...]
    rows: pl.DataFrame
    totals: dict[str, Any] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    is_landscape: bool = True
    charts: tuple[PaperChart, ...] = ()
    origin: str = ""

    def parts(self, most: int) -> list[PaperSheet]:
        """The sheet, or one for every `most` rows where it is longer; the last has the totals."""
        if self.rows.height <= most:
            return [self]
        slices = list(self.rows.iter_slices(most))
        return [
            replace(
                self,
                name=f"{self.name[:24]}（{place}）",
                title=f"{self.title}（共{len(slices)}张之{place}）",
                rows=rows,
                totals=self.totals if place == len(slices) else {},
            )
            for place, rows in enumerate(slices, start=1)
        ]


def volumes(sheets: Sequence[PaperSheet], most: int) -> list[list[PaperSheet]]:
    """The sheets in as few volumes as hold at most `most` rows each, in order; a longer sheet goes on in the next volume."""
    bound: list[list[PaperSheet]] = [[]]
    for part in (part for sheet in sheets for part in sheet.parts(most)):
        if bound[-1] and sum(sheet.rows.height for sheet in bound[-1]) + part.rows.height > most:
            bound.append([])
        bound[-1].append(part)
    return bound


def cell_text(value: Any) -> str:  # noqa: ANN401 - any value of a frame
    """A value as it is printed: money with thousands separators, dates in Chinese, √ for yes, nothing for null.

    Control characters, which no workbook can hold, are left out.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "√" if value else ""
    if isinstance(value, Decimal):
        return f"{value:,}"
    if isinstance(value, int | float):
        return f"{value:,}"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    return _CONTROL.sub("", str(value)).replace("\r", "")


def official_text(text: pl.Expr) -> pl.Expr:
    """Evidence in official form: 12345.60 as 12,345.60, 2020-03-05 as 2020年3月5日, numbered reasons on lines of their own.

    A minus becomes the sign that no line is broken after, 省定贫困线x1.5 the line's 1.5倍.
    """
    for _ in range(4):
        text = text.str.replace_all(r"(\d)(\d{3})(\.\d\d\b|,\d)", "$1,$2$3")
    text = text.str.replace_all(r"(^|[^\w])-(\d)", "${1}−${2}")
    text = text.str.replace_all(r"线x(\d+(?:\.\d+)?)", "线的${1}倍")
    return text.str.replace_all(_DATE, "${1}年${2}月${3}日").str.replace_all(r"；(\d{1,2}\.\D)", "；\n$1")
