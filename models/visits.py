"""Random audit visits: a few households outside the top of the list, drawn by lot in every township."""

from __future__ import annotations

import hashlib

import polars as pl

AUDIT_SHARE = 0.04
LISTED_SHARE = 0.10


def audit_draw(scores: pl.DataFrame, seed: str) -> pl.DataFrame:
    """Add `is_audit_visit` and `audit_probability` to scores (household_no, township_code, rank_in_township).

    Of every township's households below its top LISTED_SHARE, as many are drawn as make AUDIT_SHARE of the top's visits
    (at least one), each with the same chance: the only unselected look at the rest. The same seed draws the same.
    """
    lots = [hashlib.sha256(f"{seed}|{number}".encode()).hexdigest()[:16] for number in scores["household_no"]]
    size = pl.len().over("township_code")
    listed = (size * LISTED_SHARE).ceil()
    outside = pl.col("rank_in_township") > listed
    drawn = (listed * AUDIT_SHARE).ceil()
    pool = size - listed
    lot_rank = pl.col("_lot").rank("ordinal").over("township_code", outside)
    return (
        scores.with_columns(pl.Series("_lot", lots))
        .with_columns(
            (outside & (lot_rank <= drawn)).alias("is_audit_visit"),
            pl.when(outside & (pool > 0)).then((drawn / pool).clip(0, 1)).otherwise(0.0).alias("audit_probability"),
        )
        .drop("_lot")
    )
