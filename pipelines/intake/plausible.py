"""Plausible bounds of the forms' amounts: dated parameters of the clause `plausible`, named FORM.COLUMN.most and .least (else 0)."""

from __future__ import annotations

import datetime
from decimal import Decimal

import polars as pl

from pipelines.county import County
from pipelines.county_parameters import PARAMETER_COLUMNS, read_county_parameters
from pipelines.settings import PROJECT

_SHIPPED = PROJECT / "dbt_project" / "seeds" / "policy" / "parameter.csv"
_CLAUSE, _NATION = "plausible", "0"
Bounds = dict[str, tuple[int, int]]


def plausible_amounts(county: County | None, form: str, on: datetime.date) -> Bounds:
    """Column id -> least and greatest plausible amount in fen of a form, in force on a day.

    The county's own value goes before the shipped one, the nearest region before a wider one; without a county only
    what is shipped for everybody counts.
    Raises MistakeError when the county's parameters cannot be read.
    """
    shipped = pl.read_csv(_SHIPPED, columns=list(PARAMETER_COLUMNS), infer_schema=False).with_columns(
        pl.col("effective_from", "effective_to").str.to_date("%Y-%m-%d"), own=False
    )
    own = [read_county_parameters(county).with_columns(own=True)] if county else []
    values = pl.concat([shipped, *own])
    in_force = values.filter(
        (pl.col("clause") == _CLAUSE)
        & pl.col("parameter").str.starts_with(f"{form}.")
        & (
            (pl.col("region_code") == _NATION)
            | pl.lit(county.region if county else _NATION).str.starts_with(pl.col("region_code"))
        )
        & (pl.col("effective_from") <= on)
        & (pl.col("effective_to").is_null() | (pl.col("effective_to") >= on))
    ).sort("own", pl.col("region_code").str.len_bytes(), "effective_from")
    fen = {name: int(Decimal(value) * 100) for name, value in in_force.select("parameter", "value").iter_rows()}
    greatest = {name.split(".")[1]: most for name, most in sorted(fen.items()) if name.endswith(".most")}
    return {column: (fen.get(f"{form}.{column}.least", 0), most) for column, most in greatest.items()}
