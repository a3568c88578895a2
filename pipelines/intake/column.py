"""Reading one whole column of a contract at once.

In a long column what is written plainly is read by column expressions; of the rest, and of short columns, every
distinct cell is read once by its reader in `cell.py`, which defines the types. Both ways must give the same (a
property test holds them to it).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from expectations.contract import Column
from pipelines.intake.cell import NUMBER, TEXT, Parsed
from pipelines.intake.grid import GridColumn
from pipelines.intake.resident_id import CHECK_CHARACTERS, WEIGHTS

POLARS_TYPES: dict[str, pl.DataType] = {
    "VARCHAR": pl.String(),
    "BIGINT": pl.Int64(),
    "DECIMAL(18,2)": pl.Decimal(18, 2),
    "DATE": pl.Date(),
    "TIMESTAMP": pl.Datetime("us"),
    "BOOLEAN": pl.Boolean(),
}
_RAW_TYPES: dict[str, pl.DataType] = {
    "money": pl.Int64(),
    "number": pl.Decimal(18, 2),
    "datetime": pl.Datetime("us"),
    "flag": pl.Boolean(),
    **dict.fromkeys(("date", "month", "quarter", "term"), pl.Date()),
}
_PLAIN_MONEY = r"^[0-9]{1,9}(\.[0-9]{1,2})?$"
_PLAIN_ID = r"^[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[0-9]{3}[0-9X]$"
_PLAIN_TEXT = r"^[A-Za-z\x{4e00}-\x{9fa5}][A-Za-z0-9\x{4e00}-\x{9fa5}_]*$|^[0-9]{1,15}$"
_SAMPLE, _FEW = 10_000, 500
SHORT = 2_000  # lines; Python is done with fewer before column expressions are set up
_NULL = "\x00"  # no cell of a readable file holds it
_PLAIN_DAY = r"^(19[0-9]{2}|20[0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$"


@dataclass(frozen=True)
class Distinct:
    """A column of texts by its distinct ones: `values` (each once or more), and per row the index of its own."""

    values: pl.Series
    places: pl.Series

    def spread(self, of_values: pl.Series) -> pl.Series:
        """What belongs to each of `values`, row by row."""
        return of_values.gather(self.places)


def distinct(texts: pl.Series) -> Distinct:
    """The distinct texts of a column; null is one of them."""
    coded = texts.fill_null(_NULL).cast(pl.Categorical(pl.Categories.random()))
    once = coded.unique()
    codes = once.to_physical()
    values = once.cast(pl.String)
    in_order = pl.Series([None], dtype=pl.String).new_from_index(0, len(once)).scatter(codes, values)
    return Distinct(in_order.set(in_order == _NULL, None), coded.to_physical())


@dataclass(frozen=True)
class ReadColumn:
    """A column's typed values and, per row, the code of what is wrong ("" when nothing is); same height.

    codes: None when nothing is wrong anywhere. by_distinct: the values by distinct ones, where they were read so.
    """

    values: pl.Series
    codes: pl.Series | None = None
    by_distinct: Distinct | None = None


def value_type(column: Column) -> pl.DataType:
    """The polars type of a column's values before anything is hashed."""
    return _RAW_TYPES.get(column.type, pl.String())


def absent_column(column: Column, height: int) -> ReadColumn:
    """A column that the file does not have: all blank."""
    return ReadColumn(pl.Series([None], dtype=value_type(column)).new_from_index(0, height))


def _plain_money(text: pl.Series, factor: int) -> pl.Series:
    plain = text.set(~text.str.contains(_PLAIN_MONEY), None)
    return (plain.cast(pl.Float64) * 100).round().cast(pl.Int64) * factor


def _plain_id(text: pl.Series) -> pl.Series:
    """Ids in their canonical spelling, born on a day from 1900 on that every month has, with the right check."""
    plain = text.set(~text.str.contains(_PLAIN_ID), None)
    kept = plain.drop_nulls()
    if not len(kept):
        return plain
    characters = np.frombuffer(kept.str.join("").item().encode(), dtype=np.uint8).reshape(-1, 18)
    remainders = (characters[:, :17].astype(np.int64) - ord("0")) @ np.array(WEIGHTS) % 11
    right = np.frombuffer(CHECK_CHARACTERS.encode(), dtype=np.uint8)[remainders] == characters[:, 17]
    verdict = pl.Series(np.zeros(len(plain), dtype=bool))
    verdict = verdict.scatter(plain.is_not_null().arg_true(), pl.Series(right))
    return plain.set(~verdict, None)


def _plain_text(text: pl.Series) -> pl.Series:
    return text.set(~text.str.contains(_PLAIN_TEXT), None)


def _plain_day(text: pl.Series) -> pl.Series:
    return text.set(~text.str.contains(_PLAIN_DAY), None).str.to_date("%Y-%m-%d", strict=False)


def _plain_values(column: Column, text: pl.Series, kinds: pl.Series | None, unit: str) -> pl.Series | None:
    """Values of the cells that are written plainly, null for the others; None for types without a plain form.

    Number cells are plain only as money: everywhere else a number may be the ruin of something.
    """
    if column.type == "money":
        factor = 10_000 if (unit or column.unit) == "万元" else 1
        values = _plain_money(text, factor)
        return values if kinds is None else values.set(~kinds.is_in([TEXT, NUMBER]), None)
    plain = {"id18": _plain_id, "text": _plain_text, "date": _plain_day}.get(column.type)
    if plain is None:
        return None
    return plain(text if kinds is None else text.set(kinds != TEXT, None))


def read_column(column: Column, cells: GridColumn, read: Callable[[str, int], Parsed], *, unit: str = "") -> ReadColumn:
    """Typed values of a column's cells; a blank required cell gets the code `missing_required`.

    `read` is the column's reader, `unit` the money unit that the file's header names.
    """
    if len(cells.text) < SHORT:
        return _read_short(column, cells, read)
    if cells.kinds is None and (value_type(column) == pl.String or _has_few(cells.text)):
        texts = distinct(cells.text)
        once = _read_cells(column, GridColumn(texts.values), read, unit)
        codes = None if once.codes is None else texts.spread(once.codes)
        return ReadColumn(texts.spread(once.values), codes, Distinct(once.values, texts.places))
    return _read_cells(column, cells, read, unit)


def _read_short(column: Column, cells: GridColumn, read: Callable[[str, int], Parsed]) -> ReadColumn:
    """Every distinct cell of a short column by its reader."""
    kinds = [TEXT] * len(cells.text) if cells.kinds is None else cells.kinds.to_list()
    pairs = list(zip(cells.text.to_list(), kinds, strict=True))
    found: dict[tuple[str | None, int], int] = {}
    places = [found.setdefault(pair, len(found)) for pair in pairs]
    parsed = [_parsed(column, read, *pair) for pair in found]
    once = pl.Series([value for value, _ in parsed], dtype=value_type(column))
    texts = Distinct(once, pl.Series(places, dtype=pl.UInt32))
    codes = [code for _, code in parsed]
    told = pl.Series([codes[place] for place in places], dtype=pl.String) if any(codes) else None
    return ReadColumn(texts.spread(once), told, texts)


def _parsed(column: Column, read: Callable[[str, int], Parsed], text: str | None, kind: int) -> Parsed:
    """What a cell's reader makes of it; a blank cell of a required column is wrong."""
    value, code = read(text or "", kind)
    return value, code or ("missing_required" if column.required and value is None else "")


def _has_few(text: pl.Series) -> bool:
    """Whether a column seems to have few distinct texts, by a sample from all over it."""
    return text.gather_every(max(1, len(text) // _SAMPLE)).n_unique() <= _FEW


def _read_cells(column: Column, cells: GridColumn, read: Callable[[str, int], Parsed], unit: str) -> ReadColumn:
    """Plainly written cells by column expressions, of the others each distinct one by its reader."""
    plain = _plain_values(column, cells.text, cells.kinds, unit)
    if plain is None:
        plain = pl.Series([None], dtype=value_type(column)).new_from_index(0, len(cells.text))
    if not plain.null_count():
        return ReadColumn(plain)
    places = plain.is_null().arg_true()
    kinds = None if cells.kinds is None else cells.kinds.gather(places)
    rest = _read_distinct(column, cells.text.gather(places), kinds, read)
    if not (rest["code"] != "").any():
        return ReadColumn(plain.scatter(places, rest["value"]))
    codes = pl.Series([""], dtype=pl.String).new_from_index(0, len(plain))
    return ReadColumn(plain.scatter(places, rest["value"]), codes.scatter(places, rest["code"]))


def _read_distinct(
    column: Column, text: pl.Series, kinds: pl.Series | None, read: Callable[[str, int], Parsed]
) -> pl.DataFrame:
    """`value` and `code` of every cell, each distinct one read once; without `kinds` all are text."""
    frame = pl.DataFrame({"text": text, "kind": TEXT if kinds is None else kinds})
    once = frame.unique()
    parsed = [_parsed(column, read, text, kind) for text, kind in once.iter_rows()]
    once = once.with_columns(
        pl.Series("value", [value for value, _ in parsed], dtype=value_type(column)),
        pl.Series("code", [code for _, code in parsed], dtype=pl.String),
    )
    return frame.join(once, on=["text", "kind"], how="left", maintain_order="left", nulls_equal=True)
