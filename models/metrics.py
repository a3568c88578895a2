"""Figures of merit, weighted, so that a bootstrap is the same code with other weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.schema import Floats

Labels = NDArray[np.int8]


@dataclass(frozen=True)
class Ranking:
    """Rows sorted by falling score; `starts` marks the first row of each block of equal scores."""

    order: NDArray[np.int64]
    starts: NDArray[np.int64]

    @staticmethod
    def of(scores: Floats) -> Ranking:
        """Rank rows by a score, higher is riskier."""
        order = np.argsort(-scores, kind="stable")
        ordered = scores[order]
        starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
        return Ranking(order, starts)

    def blocks(self, labels: Labels, weights: Floats) -> tuple[Floats, Floats]:
        """Weight of positives and of negatives in each block of equal scores."""
        weight = weights[self.order]
        positive = weight * labels[self.order]
        return np.add.reduceat(positive, self.starts), np.add.reduceat(weight - positive, self.starts)


def roc_auc(positives: Floats, negatives: Floats) -> float:
    """Chance that a positive stands above a negative; equal scores count half. Blocks in falling order."""
    below = negatives.sum() - np.cumsum(negatives)
    total = positives.sum() * negatives.sum()
    return float((positives * (below + negatives / 2)).sum() / total) if total > 0 else float("nan")


def pr_auc(positives: Floats, negatives: Floats) -> float:
    """Average precision over the positives. Blocks in falling order."""
    found, seen = np.cumsum(positives), np.cumsum(positives + negatives)
    total = positives.sum()
    return float((positives * found / np.maximum(seen, 1e-12)).sum() / total) if total > 0 else float("nan")


def caught_at(positives: Floats, negatives: Floats, share: float) -> float:
    """Weight of positives among the riskiest `share` of rows; a block that straddles the edge counts in part."""
    size = positives + negatives
    room = share * size.sum() - (np.cumsum(size) - size)
    return float((positives * np.clip(room / np.maximum(size, 1e-12), 0, 1)).sum())


def recall_at(positives: Floats, negatives: Floats, share: float) -> float:
    """Share of all positives found among the riskiest `share` of rows."""
    total = positives.sum()
    return caught_at(positives, negatives, share) / float(total) if total > 0 else float("nan")


def precision_at(positives: Floats, negatives: Floats, share: float) -> float:
    """Share of positives among the riskiest `share` of rows."""
    size = share * float(positives.sum() + negatives.sum())
    return caught_at(positives, negatives, share) / size if size > 0 else float("nan")


def brier(probability: Floats, labels: Labels, weights: Floats) -> float:
    """Mean squared distance of probability and outcome."""
    return float(np.average((probability - labels) ** 2, weights=weights))


def reliability(
    probability: Floats, labels: Labels, weights: Floats, bins: int = 10
) -> list[tuple[float, float, float]]:
    """(mean probability, share of positives, weight) of each tenth of the rows by probability."""
    order = np.argsort(probability, kind="stable")
    table = []
    for rows in np.array_split(order, bins):
        weight = float(weights[rows].sum())
        if weight > 0:
            mean = float(np.average(probability[rows], weights=weights[rows]))
            table.append((mean, float(np.average(labels[rows], weights=weights[rows])), weight))
    return table


def calibration_error(probability: Floats, labels: Labels, weights: Floats, bins: int = 10) -> float:
    """Expected calibration error: mean distance of probability and outcome over tenths of the rows."""
    table = reliability(probability, labels, weights, bins)
    return sum(abs(mean - share) * weight for mean, share, weight in table) / sum(weight for *_, weight in table)
