"""Scoring one day: probabilities, ranks, bands and reasons of every household, from a released scorer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl

from models.reasons import REST, reason_frame, strongest_themes
from models.release import Release
from models.schema import FeatureSchema, Floats

BANDS = (("高", 0.02), ("较高", 0.10), ("关注", 0.30), ("一般", 1.0))
KEYS = ("household_no", "as_of", "township_code")


def score_households(
    features: pl.DataFrame,
    schema: FeatureSchema,
    release: Release,
    *,
    feeds: Mapping[str, date | None],
    silent_feeds: Sequence[str],
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Score one day's households.

    features: one row a household, the schema's columns and KEYS. feeds: the day each feed reaches. silent_feeds: those
    the score must do without: past their limit (their features are null), or moved beyond belief.

    Returns (scores, reasons), one row a household and one row a household and theme, ordered by household.
    Raises FeatureError for a column nobody declared.
    """
    features = features.sort("household_no")
    matrix = schema.matrix(features, KEYS)
    tables = release.tables_for(silent_feeds, schema)
    contributions = tables.contributions(matrix)
    log_odds = tables.log_odds(matrix)
    keys = features.select("household_no", "as_of")
    reasons = reason_frame(schema, matrix, strongest_themes(schema, matrix, contributions), keys, feeds)
    texts = (
        reasons.filter(pl.col("theme") != REST)
        .sort("household_no", "rank")
        .group_by("household_no", maintain_order=True)
        .agg(pl.col("text").str.join("；").alias("reasons"))
    )
    scores = _ranked(features.select(KEYS), log_odds).with_columns(
        pl.lit(release.model_id).alias("model_id"),
        pl.lit(release.kind).alias("model_kind"),
        pl.lit(tables.reference_log_odds).alias("reference_log_odds"),
    )
    scores = scores.join(texts, on="household_no", how="left").with_columns(
        pl.col("reasons").fill_null("无突出风险信号")
    )
    return scores.sort("household_no"), reasons.sort("household_no", "rank")


def _ranked(keys: pl.DataFrame, log_odds: Floats) -> pl.DataFrame:
    """Probability, ranks (1 = riskiest; equal scores by household number) and band by place in the county."""
    ordered = keys.with_columns(
        pl.Series("log_odds", log_odds),
        pl.Series("score", np.exp(-np.logaddexp(0.0, -log_odds))),
    ).sort(["log_odds", "household_no"], descending=[True, False])
    ranked = ordered.with_columns(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int32).alias("rank_in_county"),
        pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("township_code").alias("rank_in_township"),
    )
    place = pl.col("rank_in_county") / pl.len()
    band: pl.Expr = pl.lit(BANDS[-1][0])
    for name, share in reversed(BANDS[:-1]):
        band = pl.when(place <= share).then(pl.lit(name)).otherwise(band)
    return ranked.with_columns(band.alias("band"))
