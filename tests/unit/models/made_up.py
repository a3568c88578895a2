"""Made-up households whose risk is known, for the scorer's tests."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from models.county_features import COUNTY_SCHEMA
from models.score_table import logistic

DRIVERS = {
    "income_ratio": -1.2,
    "income_ratio_mean": -1.0,
    "medical_12_ratio": 0.8,
    "lost_job_6": 0.7,
    "home_unsafe": 0.6,
}


def made_up_matrix(rows: int, seed: int) -> np.ndarray:
    """Features of made-up households (rows x features), a few of them unknown."""
    lots = np.random.default_rng(seed)
    matrix = lots.gamma(2.0, 0.7, (rows, len(COUNTY_SCHEMA.features)))
    for place, feature in enumerate(COUNTY_SCHEMA.features):
        if feature.shown_as == "flag":
            matrix[:, place] = lots.random(rows) < 0.1
        elif feature.shown_as == "count":
            matrix[:, place] = lots.poisson(0.7, rows)
    matrix[lots.random(matrix.shape) < 0.03] = np.nan
    return matrix


def made_up_risk(matrix: np.ndarray, base: float = -1.0) -> np.ndarray:
    """The true probability of each row; an unknown value counts as its feature's mean."""
    log_odds = np.full(len(matrix), base)
    for name, weight in DRIVERS.items():
        column = matrix[:, COUNTY_SCHEMA.names.index(name)]
        log_odds += weight * np.where(np.isnan(column), np.nanmean(column), column)
    return logistic(log_odds)


def made_up_panel(households: int, origins: int, seed: int, base: float = -1.0) -> pl.DataFrame:
    """A taught panel: households seen at quarter ends, with outcomes drawn from their true risk."""
    lots = np.random.default_rng(seed + 1)
    days = [date(2018 + month // 12, month % 12 + 1, 28) for month in range(0, 3 * origins, 3)]
    parts = []
    for number, day in enumerate(days):
        matrix = made_up_matrix(households, seed + 10 * number)
        label = (lots.random(households) < made_up_risk(matrix, base)).astype(np.int8)
        frame = pl.DataFrame(matrix, schema=COUNTY_SCHEMA.names).with_columns(
            pl.Series("household_no", [f"H{place:05d}" for place in range(households)]),
            pl.lit(day).alias("as_of"),
            pl.Series("township_code", [f"35018110{place % 4}" for place in range(households)]),
            pl.lit("head").alias("head_key"),
            pl.lit(3).alias("members"),
            pl.lit(False).alias("has_disabled"),
            pl.Series("label", label),
            pl.lit(1.0).alias("weight"),
        )
        parts.append(
            frame.with_columns(
                pl.when(pl.col("label") == 1).then(pl.lit("event")).otherwise(pl.lit("none")).alias("outcome"),
                pl.when(pl.col("label") == 1).then(pl.lit(day)).alias("event_on"),
                pl.when(pl.col("label") == 1).then(pl.lit("认定")).alias("kind"),
            )
        )
    return pl.concat(parts).with_columns(pl.col(name).fill_nan(None) for name in COUNTY_SCHEMA.names)
