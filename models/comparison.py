"""Scorers side by side on rows none of them saw: figures, and their differences by a paired bootstrap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models import metrics
from models.schema import Floats

Labels = NDArray[np.int8]
FIGURES = ("roc_auc", "pr_auc", "recall_05", "recall_10", "recall_20", "precision_10", "listed_recall")
DRAWS = 400
CAPACITY = 0.10


@dataclass(frozen=True)
class Interval:
    """A figure with its 95% interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True)
class Judged:
    """Rows to judge on: labels, weights, group (rows of one group are drawn together) and each row's area.

    room says how many of its rows each area's people can visit, areas in rising order; none: CAPACITY of each area.
    """

    labels: Labels
    weights: Floats
    group: NDArray[np.int64]
    area: NDArray[np.int64]
    room: NDArray[np.int64] | None = None

    @property
    def places(self) -> NDArray[np.int64]:
        """How many rows each area can visit, areas in rising order."""
        if self.room is not None:
            return self.room
        return np.maximum(1, np.round(np.unique(self.area, return_counts=True)[1] * CAPACITY)).astype(np.int64)

    @property
    def base_rate(self) -> float:
        """Weighted share of positives."""
        return float(np.average(self.labels, weights=self.weights))


@dataclass(frozen=True)
class Comparison:
    """Figures of each scorer, and each scorer's lead over each other one, with intervals from the same draws."""

    figures: Mapping[str, Mapping[str, Interval]]
    leads: Mapping[tuple[str, str], Mapping[str, Interval]]


def area_list(scores: Floats, judged: Judged) -> NDArray[np.bool_]:
    """Who is on the lists when every area visits its own riskiest rows, as many as it has room for."""
    listed = np.zeros(len(scores), dtype=bool)
    order = np.lexsort((-scores, judged.area))
    _, starts, sizes = np.unique(judged.area[order], return_index=True, return_counts=True)
    for start, room in zip(starts, np.minimum(judged.places, sizes), strict=True):
        listed[order[start : start + room]] = True
    return listed


def compare(scores: Mapping[str, Floats], judged: Judged, seed: int = 0, draws: int = DRAWS) -> Comparison:
    """Judge scores (higher is riskier; one array a scorer) on the same rows; groups are resampled whole.

    The intervals hold neither the chance of the training rows nor that of the area.
    """
    ranking = {name: metrics.Ranking.of(values) for name, values in scores.items()}
    listed = {name: area_list(values, judged) for name, values in scores.items()}
    weightings = [judged.weights, *_draws(judged, seed, draws)]
    table = {
        name: np.array([_figures(ranking[name], listed[name], judged.labels, weights) for weights in weightings])
        for name in scores
    }
    figures = {name: _intervals(values) for name, values in table.items()}
    leads = {(one, other): _intervals(table[one] - table[other]) for one in scores for other in scores if one != other}
    return Comparison(figures, leads)


def _draws(judged: Judged, seed: int, draws: int) -> list[Floats]:
    """Row weights of each draw: how often the row's group was drawn, times its own weight."""
    lots = np.random.default_rng(seed)
    groups, place = np.unique(judged.group, return_inverse=True)
    counts = (lots.multinomial(len(groups), np.full(len(groups), 1 / len(groups))) for _ in range(draws))
    return [judged.weights * count[place] for count in counts]


def _figures(ranking: metrics.Ranking, listed: NDArray[np.bool_], labels: Labels, weights: Floats) -> list[float]:
    """FIGURES of one scorer under one weighting."""
    positives, negatives = ranking.blocks(labels, weights)
    found = float((weights * labels)[listed].sum())
    total = float((weights * labels).sum())
    return [
        metrics.roc_auc(positives, negatives),
        metrics.pr_auc(positives, negatives),
        metrics.recall_at(positives, negatives, 0.05),
        metrics.recall_at(positives, negatives, 0.10),
        metrics.recall_at(positives, negatives, 0.20),
        metrics.precision_at(positives, negatives, 0.10),
        found / total if total > 0 else float("nan"),
    ]


def _intervals(table: Floats) -> dict[str, Interval]:
    """The first row is the figure, the others its draws."""
    if len(table) > 1:
        low, high = np.nanquantile(table[1:], [0.025, 0.975], axis=0)
    else:
        low = high = table[0]
    return {
        figure: Interval(float(table[0, place]), float(low[place]), float(high[place]))
        for place, figure in enumerate(FIGURES)
    }
