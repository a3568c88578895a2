"""Censoring: households whose outcome help, death or moving hid are left out, and the like of them weigh more."""

from __future__ import annotations

import polars as pl

LEARNT = ("event", "none")
MAX_WEIGHT = 10.0


def taught(panel: pl.DataFrame, rank_by: str) -> pl.DataFrame:
    """The rows of a panel that teach, with `label` (0/1) and `weight`.

    panel: one row an origin (as_of) and household, with outcome (see int_risk_label) and the feature `rank_by`. Only
    event and none teach; a household nobody visited is neither by that. A `none` weighs 1 / (share of its origin's and
    income tenth's rows without event that were neither helped nor gone), so that the ones taken out stay represented.
    """
    at_risk = panel.filter(pl.col("outcome").is_in([*LEARNT, "helped", "gone"]))
    tenth = (pl.col(rank_by).rank("ordinal").over("as_of") * 10 / pl.len().over("as_of")).floor().fill_null(-1)
    quiet = pl.col("outcome") != "event"
    stayed = (pl.col("outcome") == "none").cast(pl.Float64).filter(quiet).mean().over("as_of", "tenth")
    return (
        at_risk.with_columns(tenth.alias("tenth"))
        .with_columns(
            pl.when(quiet & (stayed > 0))
            .then((1 / stayed).clip(1, MAX_WEIGHT))
            .otherwise(1.0)
            .fill_null(1.0)
            .alias("weight"),
            (pl.col("outcome") == "event").cast(pl.Int8).alias("label"),
        )
        .filter(pl.col("outcome").is_in(LEARNT))
        .drop("tenth")
    )
