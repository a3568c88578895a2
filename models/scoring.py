"""Scoring households of one day: probabilities and reasons, from a released scorer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from models.reasons import REST, reason_frame, strongest_themes
from models.release import Release
from models.schema import FeatureSchema
from models.score_table import logistic

KEYS = ("household_no", "as_of", "township_code")


def score_households(
    features: pl.DataFrame,
    schema: FeatureSchema,
    release: Release,
    *,
    feeds: Mapping[str, date | None],
    silent_feeds: Sequence[str],
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Score households of one day; each comes out the same whoever is scored beside it.

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
    scores = features.select(KEYS).with_columns(
        pl.Series("log_odds", log_odds),
        pl.Series("score", logistic(log_odds)),
        pl.lit(release.model_id).alias("model_id"),
        pl.lit(release.kind).alias("model_kind"),
        pl.lit(tables.reference_log_odds).alias("reference_log_odds"),
    )
    scores = scores.join(texts, on="household_no", how="left").with_columns(
        pl.col("reasons").fill_null("无突出风险信号")
    )
    return scores.sort("household_no"), reasons.sort("household_no", "rank")
