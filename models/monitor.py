"""Watching a scorer at work: drift of inputs and scores, expected against observed, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from models.schema import FeatureSchema, Floats

LOOK, STOP = 0.10, 0.25
LEVEL_RANGE = (0.8, 1.25)
AUC_LOSS = 0.03
_FLOOR = 1e-4


def profile(column: Floats, bins: int = 10) -> dict[str, Any]:
    """How a column lies in training: the edges of its bins, and the share of rows in each; the last is the unknown."""
    known = column[~np.isnan(column)]
    edges = np.unique(np.quantile(known, np.arange(1, bins) / bins)) if len(known) else np.empty(0)
    return {"edges": edges.tolist(), "shares": shares(column, edges).tolist()}


def shares(column: Floats, edges: Floats) -> Floats:
    """Share of rows in each bin, the unknown last."""
    unknown = np.isnan(column)
    counts = np.bincount(np.searchsorted(edges, column[~unknown], side="left"), minlength=len(edges) + 1)
    return np.append(counts, unknown.sum()) / max(len(column), 1)


def stability_index(column: Floats, trained: Mapping[str, Any]) -> float:
    """Population stability index of a column against its training profile: under 0.10 calm, over 0.25 another population."""
    before = np.maximum(np.array(trained["shares"]), _FLOOR)
    now = np.maximum(shares(column, np.array(trained["edges"])), _FLOOR)
    return float(((now - before) * np.log(now / before)).sum())


def drift(matrix: Floats, score: Floats, schema: FeatureSchema, trained: Mapping[str, Any]) -> dict[str, float]:
    """Stability index of every feature and of the score (by name; `score` last)."""
    found = {name: stability_index(matrix[:, place], trained[name]) for place, name in enumerate(schema.names)}
    return {**found, "score": stability_index(score, trained["score"])}


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
