"""The scorecard: a ridge logistic regression on monotone ramps of each feature, handed out as steps; for few positives."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from models.schema import FeatureSchema, Floats
from models.score_table import ScoreTables, Steps, flat, logistic

Labels = NDArray[np.int8]
KNOTS = (0.0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9, 1.0)
STEPS = 200
RIDGE = 4.0
_FEW = 20


def fit_scorecard(
    matrix: Floats, labels: Labels, weights: Floats, schema: FeatureSchema, ridge: float = RIDGE
) -> ScoreTables:
    """Fit a scorecard on rows x features; every feature keeps its direction, or says nothing.

    A feature's share runs in straight pieces between quantiles; an unknown value has a share of its own. Ridge draws
    the pieces towards a share that rises evenly over the quantiles, and towards nothing.
    """
    knots = [_knots(matrix[:, place]) for place in range(matrix.shape[1])]
    design = np.column_stack([np.ones(len(matrix)), *(_ramps(matrix[:, place], of) for place, of in enumerate(knots))])
    bounds: list[tuple[float | None, float | None]] = [(None, None)]
    for of, direction in zip(knots, schema.directions, strict=True):
        pieces = max(len(of) - 1, 0)
        limits = {1: (0.0, None), -1: (None, 0.0), 0: (None, None)}[direction]
        bounds += [limits] * pieces + [(None, None)] * bool(pieces)
    found = _fit(design, labels.astype(np.float64), weights, bounds, ridge)
    steps, at = [], 1
    for place, of in enumerate(knots):
        pieces = max(len(of) - 1, 0)
        if pieces == 0:
            steps.append(flat())
            continue
        shares, missing = found[at : at + pieces], float(found[at + pieces])
        steps.append(_steps(matrix[:, place], of, np.asarray(shares), missing))
        at += pieces + 1
    return ScoreTables(base=float(found[0]), steps=tuple(steps), reference=np.zeros(len(steps)))


def _knots(column: Floats) -> Floats:
    """Where a feature's share may bend: quantiles of its known values; none when it hardly varies."""
    known = column[~np.isnan(column)]
    if len(known) < _FEW:
        return np.empty(0)
    knots = np.unique(np.quantile(known, KNOTS, method="inverted_cdf"))
    return knots if len(knots) > 1 and (known > knots[0]).sum() >= _FEW // 2 else np.empty(0)


def _ramps(column: Floats, knots: Floats) -> Floats:
    """How far a value has climbed each piece between knots (0 to 1), and whether it is unknown; rows x (pieces + 1)."""
    if len(knots) < 2:
        return np.empty((len(column), 0))
    unknown = np.isnan(column)
    climbed = np.clip((np.where(unknown, knots[0], column)[:, None] - knots[:-1]) / np.diff(knots), 0.0, 1.0)
    climbed[unknown] = 0.0
    return np.column_stack([climbed, unknown.astype(np.float64)])


def _fit(
    design: Floats, labels: Floats, weights: Floats, bounds: list[tuple[float | None, float | None]], ridge: float
) -> Floats:
    """Minimise the weighted logistic loss plus ridge on all but the base, within the bounds."""
    penalty = np.full(design.shape[1], ridge)
    penalty[0] = 0.0

    def loss(found: Floats) -> tuple[float, Floats]:
        raw = design @ found
        value = float(weights @ (np.logaddexp(0.0, raw) - labels * raw) + 0.5 * penalty @ found**2)
        return value, design.T @ (weights * (logistic(raw) - labels)) + penalty * found

    rate = np.clip(np.average(labels, weights=weights), 1e-4, 1 - 1e-4)
    start = np.zeros(design.shape[1])
    start[0] = np.log(rate / (1 - rate))
    with threadpool_limits(1):  # small sums wait for each other's threads
        return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 300}).x)


def _steps(column: Floats, knots: Floats, shares: Floats, missing: float) -> Steps:
    """The ramps as steps between neighbouring quantiles of the known values, each at the share of its middle."""
    known = column[~np.isnan(column)]
    values = np.unique(np.quantile(known, np.linspace(0, 1, STEPS + 1), method="inverted_cdf"))
    cuts = (values[1:] + values[:-1]) / 2
    heights = _ramps(values, knots)[:, :-1] @ shares
    return Steps(cuts, heights, missing)
