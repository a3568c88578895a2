"""Calibration: from log-odds that rank to probabilities that come true, by two numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.schema import Floats
from models.score_table import logistic


def fit_sigmoid(raw: Floats, labels: NDArray[np.int8], weights: Floats, rounds: int = 50) -> tuple[float, float]:
    """Slope and intercept that make logistic(slope * raw + intercept) fit the labels best (Platt, Newton's method).

    The targets are drawn in by one row on each side; a slope that would turn the ranking round becomes 1, so that
    only the level is fitted.
    """
    positives, negatives = float(weights[labels == 1].sum()), float(weights[labels == 0].sum())
    targets = np.where(labels == 1, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    slope, intercept = _newton(raw, targets, weights, rounds, free_slope=True)
    if slope <= 0.05:
        slope, intercept = _newton(raw, targets, weights, rounds, free_slope=False)
    return slope, intercept


def fit_level(raw: Floats, targets: NDArray[np.int8] | Floats, weights: Floats) -> float:
    """The intercept alone, for labels or probabilities: when only the level of risk has moved."""
    return _newton(raw, targets.astype(np.float64), weights, 50, free_slope=False)[1]


def _newton(raw: Floats, targets: Floats, weights: Floats, rounds: int, *, free_slope: bool) -> tuple[float, float]:
    """Maximise the likelihood over (slope, intercept), or over the intercept at slope 1."""
    design = np.column_stack([raw, np.ones_like(raw)]) if free_slope else np.ones((len(raw), 1))
    offset = np.zeros_like(raw) if free_slope else raw
    found = np.array([1.0, 0.0]) if free_slope else np.zeros(1)
    for _ in range(rounds):
        probability = logistic(offset + design @ found)
        slack = weights * probability * (1 - probability) + 1e-12
        curvature = design.T @ (design * slack[:, None]) + 1e-9 * np.eye(design.shape[1])
        move = np.linalg.solve(curvature, design.T @ (weights * (targets - probability)))
        found = found + np.clip(move, -2, 2)
        if np.abs(move).max() < 1e-12:
            break
    return (float(found[0]), float(found[1])) if free_slope else (1.0, float(found[0]))
