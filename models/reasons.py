"""Reasons: each household's risk taken apart into themes, in words, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.schema import Feature, FeatureSchema, Floats

REST = "其余因素合计"
_DECIMALS: Mapping[str, int] = {"times": 2, "share": 2, "count": 0, "flag": 0}
_SHOWN: Mapping[str, str] = {"times": "{:.2f}", "share": "{:.0%}", "count": "{:.0f}", "flag": ""}


@dataclass(frozen=True)
class Reasons:
    """The strongest themes of each row, best first.

    theme (rows x top) holds places in the schema's themes, -1 where no more theme raises the risk; feature (rows x
    top) the feature that speaks for the theme; share (rows x top) the theme's log-odds; rest what all else adds up to.
    """

    theme: NDArray[np.int16]
    feature: NDArray[np.int16]
    share: Floats
    rest: Floats


def strongest_themes(schema: FeatureSchema, matrix: Floats, contributions: Floats, top: int = 3) -> Reasons:
    """Pick the `top` themes that raise each row's risk most; share and rest add up to the row's contributions.

    A theme counts only when one of its features is known and itself raises the risk: nothing unknown is a reason.
    """
    themes = schema.themes
    by_theme = np.empty((len(matrix), len(themes)))
    speaker = np.empty((len(matrix), len(themes)), dtype=np.int16)
    for place, theme in enumerate(themes):
        columns = schema.columns_of_theme(theme)
        shares = contributions[:, columns]
        by_theme[:, place] = shares.sum(axis=1)
        known = np.where(np.isnan(matrix[:, columns]), -np.inf, shares)
        best = known.argmax(axis=1)
        speaks = known[np.arange(len(matrix)), best] > 0
        speaker[:, place] = np.where(speaks, np.array(columns, dtype=np.int16)[best], -1)
    eligible = np.where((speaker >= 0) & (by_theme > 0), by_theme, -np.inf)
    order = np.argsort(-eligible, axis=1, kind="stable")[:, :top]
    picked = np.take_along_axis(eligible, order, axis=1)
    shown = picked > 0
    share = np.where(shown, picked, 0.0)
    return Reasons(
        theme=np.where(shown, order, -1).astype(np.int16),
        feature=np.where(shown, np.take_along_axis(speaker, order, axis=1), -1).astype(np.int16),
        share=share,
        rest=contributions.sum(axis=1) - share.sum(axis=1),
    )


def reason_texts(
    schema: FeatureSchema, matrix: Floats, feature: NDArray[np.int16], data_on: Mapping[str, date | None]
) -> pl.Series:
    """One Chinese text for each row's speaking feature (a column of Reasons.feature, none of them -1).

    data_on says through which day each feed's data reach; the text ends with it.
    """
    words: list[str] = []
    index = np.zeros(len(feature), dtype=np.int64)
    for place in np.unique(feature):
        rows = np.flatnonzero(feature == place)
        of = schema.features[place]
        texts, back = _texts(of, matrix[rows, place], data_on.get(of.feed))
        index[rows] = back + len(words)
        words += texts
    return pl.Series("text", words, pl.String).gather(index)


def _texts(feature: Feature, values: Floats, data_on: date | None) -> tuple[list[str], NDArray[np.int64]]:
    """The phrases of one feature and which of them each value takes; values that look equal are worded once."""
    dated = f"（数据截至{data_on:%Y-%m-%d}）" if data_on else ""
    shown = _SHOWN[feature.shown_as]
    rounded, back = np.unique(np.round(values, _DECIMALS[feature.shown_as]), return_inverse=True)
    return [feature.phrase.format(shown.format(value)) + dated for value in rounded + 0.0], back.astype(np.int64)


def reason_frame(
    schema: FeatureSchema, matrix: Floats, reasons: Reasons, keys: pl.DataFrame, data_on: Mapping[str, date | None]
) -> pl.DataFrame:
    """One row for each key row and theme shown, then one for the rest.

    Columns: the keys, rank (1 = strongest; the rest comes last), theme, contribution (log-odds against the
    reference), text, data_as_of (date, null for the rest).
    """
    themes = pl.Series("theme", schema.themes, pl.String)
    days = pl.Series("data_as_of", [data_on.get(feature.feed) for feature in schema.features], pl.Date)
    parts = []
    for rank in range(reasons.theme.shape[1]):
        rows = np.flatnonzero(reasons.theme[:, rank] >= 0)
        feature = reasons.feature[rows, rank]
        parts.append(
            keys[rows].with_columns(
                pl.lit(rank + 1, pl.Int32).alias("rank"),
                themes.gather(reasons.theme[rows, rank]),
                pl.Series("contribution", reasons.share[rows, rank]),
                reason_texts(schema, matrix[rows], feature, data_on),
                days.gather(feature),
            )
        )
    parts.append(
        keys.with_columns(
            pl.lit(reasons.theme.shape[1] + 1, pl.Int32).alias("rank"),
            pl.lit(REST).alias("theme"),
            pl.Series("contribution", reasons.rest),
            pl.lit(REST).alias("text"),
            pl.lit(None, pl.Date).alias("data_as_of"),
        )
    )
    return pl.concat(parts)
