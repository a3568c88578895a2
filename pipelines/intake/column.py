"""Reading one whole column of a contract: every distinct cell once, then back onto the rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from expectations.contract import Column
from pipelines.intake.cell import TEXT, Parsed
from pipelines.intake.grid import GridColumn

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


@dataclass(frozen=True)
class ReadColumn:
    """A column's typed values and, per row, the code of what is wrong ("" when nothing is); same height."""

    values: pl.Series
    codes: pl.Series


def value_type(column: Column) -> pl.DataType:
    """The polars type of a column's values before anything is hashed."""
    return _RAW_TYPES.get(column.type, pl.String())


def absent_column(column: Column, height: int) -> ReadColumn:
    """A column that the file does not have: all blank."""
    return ReadColumn(pl.Series([None] * height, dtype=value_type(column)), pl.Series([""] * height, dtype=pl.String))


def read_column(column: Column, cells: GridColumn, read: Callable[[str, int], Parsed]) -> ReadColumn:
    """Typed values of a column's cells; a blank required cell gets the code `missing_required`."""
    frame = pl.DataFrame({"text": cells.text})
    if cells.kinds is not None:
        frame = frame.with_columns(cells.kinds.alias("kind"))
    distinct = frame.unique(maintain_order=True)
    kinds = distinct["kind"].to_list() if cells.kinds is not None else [TEXT] * distinct.height
    parsed = [read(text or "", kind) for text, kind in zip(distinct["text"].to_list(), kinds, strict=True)]
    blank_code = "missing_required" if column.required else ""
    distinct = distinct.with_columns(
        pl.Series("value", [value for value, _ in parsed], dtype=value_type(column)),
        pl.Series("code", [code or (blank_code if value is None else "") for value, code in parsed], dtype=pl.String),
    )
    on = ["text", "kind"] if cells.kinds is not None else ["text"]
    read_back = frame.join(distinct, on=on, how="left", maintain_order="left", nulls_equal=True)
    return ReadColumn(read_back["value"], read_back["code"])
