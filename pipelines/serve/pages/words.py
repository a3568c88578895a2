"""Choices and words that several pages share."""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import cache

import polars as pl

from pipelines.deliver.paper import PaperColumn, official_text
from pipelines.handbook import POLICY
from pipelines.serve.nights import Desk, Row

# The columns that say which household and where, in this order in every list.
PLACE = (
    PaperColumn("household_no", "户编号", 16),
    PaperColumn("township", "乡镇", 12),
    PaperColumn("village", "村（社区）", 14),
)


def townships(desk: Desk) -> list[Row]:
    """Code and name of the townships the user may see."""
    return desk.rows(
        "SELECT DISTINCT township_code AS code, township AS name FROM dim_household WHERE township_code IS NOT NULL ORDER BY 1"
    )


@cache
def _numbers() -> dict[str, str]:
    with (POLICY / "document.csv").open(encoding="utf-8", newline="") as stream:
        return {row["document"]: row["number"] for row in csv.DictReader(stream)}


def with_document_numbers(rows: pl.DataFrame) -> pl.DataFrame:
    """Policy documents by the number that officials know them by, in the place of our code."""
    return rows.with_columns(pl.col("document").replace(_numbers()))


def in_official_form(column: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """The change that writes amounts and dates within a column's sentences as papers do."""
    return lambda rows: rows.with_columns(official_text(pl.col(column)).alias(column))
