"""Verdicts of townships: who is far out of line is held from training and shown."""

from __future__ import annotations

import polars as pl

MIN_VERDICTS = 20
Z_LIMIT = 3.0
CONFIRMED = ("属实建议纳入", "属实已有帮扶")


def township_verdicts(verdicts: pl.DataFrame) -> pl.DataFrame:
    """One row a township: verdicts, confirmed, rate, z against the county's rate, is_held.

    verdicts: one row a returned warning (township_code, verdict). Held: at least MIN_VERDICTS, and further from the
    county's rate than Z_LIMIT standard errors. 查无此户 is a data fault and counts nowhere.
    """
    counted = verdicts.filter(pl.col("verdict").is_not_null() & (pl.col("verdict") != "查无此户"))
    confirmed = pl.col("verdict").is_in(CONFIRMED)
    overall = counted.select(confirmed.mean()).item()
    rate = 0.0 if overall is None else float(overall)
    error = (rate * (1 - rate) / pl.col("verdicts")).sqrt()
    return (
        counted.group_by("township_code")
        .agg(pl.len().alias("verdicts"), confirmed.sum().alias("confirmed"))
        .with_columns((pl.col("confirmed") / pl.col("verdicts")).alias("rate"))
        .with_columns(pl.when(error > 0).then((pl.col("rate") - rate) / error).otherwise(0.0).alias("z"))
        .with_columns(((pl.col("verdicts") >= MIN_VERDICTS) & (pl.col("z").abs() > Z_LIMIT)).alias("is_held"))
        .sort("township_code")
    )
