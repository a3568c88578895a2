"""A sheet or text file as it stands: every cell as text, with the kind of cell where that is not text."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from pipelines.intake.cell import CLOCK, DATE, ERROR, EXACT_NUMBERS_BELOW, FLAG, NUMBER, TEXT, number_text


@dataclass(frozen=True)
class GridColumn:
    """One column, top line first. `kinds` (UInt8, see `cell`) is None when every cell is text."""

    text: pl.Series
    kinds: pl.Series | None = None


@dataclass(frozen=True)
class Grid:
    """One sheet: line 1 of the file is row 0 of every column, empty lines included.

    Attributes:
        name: the sheet's name, None for text files.
        columns: all of the same height.
        height: number of lines.
        place: of the sheet among all the workbook's, from 0.
        suspects: indexes of lines, among which is every line that is blank or a total; None where that is not known.
        hidden: the sheet is hidden.
        hidden_rows: number of hidden lines.
        counts_from_1904: numbers that stand for days count from 1904, not from 1900.
        recount: counts the data rows after a line index by another way than this grid was read; None where there
            is no other way.
    """

    name: str | None
    columns: tuple[GridColumn, ...]
    height: int
    place: int = 0
    suspects: pl.Series | None = None
    hidden: bool = False
    hidden_rows: int = 0
    counts_from_1904: bool = False
    recount: Callable[[int], int] | None = None

    def line(self, index: int) -> list[str]:
        """The texts of one line."""
        return [column.text[index] or "" for column in self.columns]


@dataclass(frozen=True)
class Workbook:
    """What was read from one file: its sheets, its encoding (or kind), and remarks in Chinese."""

    encoding: str
    grids: tuple[Grid, ...]
    remarks: tuple[str, ...] = field(default=())


_TOTAL_WORD = re.compile(r"\s*(?:[合总小共累]\s*计|本页[小合]计)\s*[:：]?\s*")


def holds_data(cells: Iterable[str]) -> bool:
    """Whether a line, as a simple reader counts, is neither blank nor has a total's word in a cell."""
    texts = [text.strip("\ufeff\u200b \t\r\n\u3000\u00a0") for text in cells]
    return any(texts) and not any(_TOTAL_WORD.fullmatch(text) for text in texts)


def _as_text(value: object) -> tuple[str, int]:
    """One cell of a spreadsheet as (text, kind)."""
    if isinstance(value, str):
        return value, TEXT
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), FLAG
    if isinstance(value, int | float):
        return number_text(value), NUMBER
    if isinstance(value, datetime.datetime):
        return value.strftime(
            "%Y-%m-%d %H:%M:%S"
        ) if value.time() != datetime.time() else value.date().isoformat(), DATE
    if isinstance(value, datetime.date):
        return value.isoformat(), DATE
    return str(value), CLOCK


def _number_texts(numbers: pl.Series) -> pl.Series:
    """Number cells as `number_text` writes them; nulls stay null."""
    texts = numbers.cast(pl.String)
    whole = ((numbers == numbers.round()) & (numbers.abs() < EXACT_NUMBERS_BELOW)).fill_null(False)
    if whole.any():
        texts = numbers.set(~whole, None).cast(pl.Int64).cast(pl.String).fill_null(texts)
    odd = (~texts.str.contains(r"^-?[0-9]{1,15}(\.[0-9]{1,6})?$")).fill_null(False).arg_true()
    return texts.scatter(odd, [number_text(number) for number in numbers.gather(odd)]) if len(odd) else texts


def _spreadsheet_column(values: Sequence[Any]) -> GridColumn:
    kinds_met = set(map(type, values))
    if kinds_met <= {str}:
        return GridColumn(pl.Series(values, dtype=pl.String))
    if kinds_met <= {str, float}:
        numbers = pl.Series([value if type(value) is float else None for value in values], dtype=pl.Float64)
        texts = pl.Series([value if type(value) is str else None for value in values], dtype=pl.String)
        kinds = numbers.is_not_null().cast(pl.UInt8) * NUMBER
        return GridColumn(texts.fill_null(_number_texts(numbers)), kinds)
    # Distinct values are turned into text once; True == 1 == 1.0 in Python, so the type is part of what is distinct.
    distinct = {(type(value), value) for value in values}
    pairs = {key: _as_text(key[1]) for key in distinct}
    read = [pairs[type(value), value] for value in values]
    return GridColumn(
        pl.Series([text for text, _ in read], dtype=pl.String), pl.Series([kind for _, kind in read], dtype=pl.UInt8)
    )


def spreadsheet_columns(rows: Sequence[Sequence[Any]]) -> tuple[GridColumn, ...]:
    """Columns of a sheet's rows, all of one length."""
    return tuple(_spreadsheet_column(values) for values in zip(*rows, strict=True))


def with_broken_cells(
    columns: tuple[GridColumn, ...], broken: Iterable[tuple[int, int, str]]
) -> tuple[GridColumn, ...]:
    """Mark cells (line index, column index, what stands there) as ones that hold an error instead of a value."""
    by_column: dict[int, dict[int, str]] = {}
    for line, place, text in broken:
        by_column.setdefault(place, {})[line] = text
    marked = list(columns)
    for index, cells in by_column.items():
        if index < len(marked):
            marked[index] = _with_errors(marked[index], cells)
    return tuple(marked)


def _with_errors(column: GridColumn, cells: dict[int, str]) -> GridColumn:
    text: list[str] = column.text.to_list()
    kinds: list[int] = column.kinds.to_list() if column.kinds is not None else [TEXT] * len(text)
    for line, shown in cells.items():
        if line < len(text):
            text[line], kinds[line] = shown, ERROR
    return GridColumn(pl.Series(text, dtype=pl.String), pl.Series(kinds, dtype=pl.UInt8))


def text_columns(rows: Sequence[Sequence[str]]) -> tuple[GridColumn, ...]:
    """Columns of a text file's records; short records are filled up with empty cells."""
    width = max((len(row) for row in rows), default=0)
    filled = [row if len(row) == width else [*row, *[""] * (width - len(row))] for row in rows]
    return tuple(GridColumn(pl.Series(values, dtype=pl.String)) for values in zip(*filled, strict=True))
