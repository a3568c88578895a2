"""Watching a scorer at work: drift of inputs and scores, expected against observed, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.schema import FeatureSchema, Floats

LOOK, STOP = 0.10, 0.25
LEVEL_RANGE = (0.8, 1.25)
AUC_LOSS = 0.03
_FLOOR = 1e-4


def profile(column: Floats, bins: int = 10) -> dict[str, Any]:
    """How a column lies in training: the edges of its bins, and the share of rows in each; the last is the unknown."""
    known = column[~np.isnan(column)]
    edges = np.unique(np.quantile(known, np.arange(1, bins) / bins)) if len(known) else np.empty(0)
    return {"edges": edges.tolist(), "shares": (counts(column, edges) / max(len(column), 1)).tolist()}


def counts(column: Floats, edges: Floats) -> NDArray[np.int64]:
    """Rows in each bin, the unknown last."""
    unknown = np.isnan(column)
    known = np.bincount(np.searchsorted(edges, column[~unknown], side="left"), minlength=len(edges) + 1)
    return np.append(known, unknown.sum())


def stability_index(now: NDArray[np.int64], trained: Mapping[str, Any]) -> float:
    """Population stability index of a column's counts against its training profile: under 0.10 calm, over 0.25 another population."""
    before = np.maximum(np.array(trained["shares"]), _FLOOR)
    shares = np.maximum(now / max(now.sum(), 1), _FLOOR)
    return float(((shares - before) * np.log(shares / before)).sum())


def drift(
    parts: Iterable[tuple[Floats, Floats]], schema: FeatureSchema, trained: Mapping[str, Any]
) -> dict[str, float]:
    """Stability index of every feature and of the score (by name; `score` last).

    parts: matrix and score of some households at a time, all together those of the day.
    """
    names = [*schema.names, "score"]
    edges = {name: np.array(trained[name]["edges"]) for name in names}
    found = {name: np.zeros(len(edges[name]) + 2, dtype=np.int64) for name in names}
    for matrix, score in parts:
        for name, column in zip(names, [*matrix.T, score], strict=True):
            found[name] += counts(column, edges[name])
    return {name: stability_index(found[name], trained[name]) for name in names}


def state_of(index: float) -> str:
    """正常, 关注 or 异常."""
    return "正常" if index < LOOK else "关注" if index < STOP else "异常"


def moved_feeds(found: Mapping[str, float], schema: FeatureSchema) -> list[str]:
    """Feeds one of whose watched features lies quite otherwise than in training: what they tell is not what was learnt."""
    moved = {feature.feed for feature in schema.features if feature.watched and found[feature.name] >= STOP}
    return [feed for feed in schema.feeds if feed in moved]


def advice(observed: float, expected: float, auc_now: float, auc_at_release: float) -> str:
    """What the closed labels ask for: keep, recalibrate or retrain. The level is mended first, the model second."""
    level = observed / expected if expected > 0 else float("inf")
    if auc_now < auc_at_release - AUC_LOSS:
        return "retrain"
    return "keep" if LEVEL_RANGE[0] <= level <= LEVEL_RANGE[1] else "recalibrate"
