"""Score tables: a risk model as plain numbers, one step function for each feature."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from models.schema import FeatureSchema, Floats


@dataclass(frozen=True)
class Steps:
    """One feature's share of the log-odds: values[i] on (cuts[i-1], cuts[i]], and `missing` where it is unknown."""

    cuts: Floats
    values: Floats
    missing: float

    def at(self, column: Floats) -> Floats:
        """The step each value of a column stands on."""
        shares = self.values[np.searchsorted(self.cuts, column, side="left")]
        unknown = np.isnan(column)
        if unknown.any():
            shares[unknown] = self.missing
        return shares


@dataclass(frozen=True)
class ScoreTables:
    """An additive model: raw log-odds = base + one step of each feature, then slope * raw + intercept.

    `reference` is each feature's mean share over the training rows: reasons are told against it.
    """

    base: float
    steps: tuple[Steps, ...]
    reference: Floats
    slope: float = 1.0
    intercept: float = 0.0

    def raw(self, matrix: Floats) -> Floats:
        """Log-odds before calibration, one for each row."""
        total = np.full(len(matrix), self.base)
        for place, steps in enumerate(self.steps):
            total += steps.at(matrix[:, place])
        return total

    def log_odds(self, matrix: Floats) -> Floats:
        """Calibrated log-odds, one for each row."""
        return self.slope * self.raw(matrix) + self.intercept

    def probability(self, matrix: Floats) -> Floats:
        """Calibrated probability of the event, one for each row."""
        return logistic(self.log_odds(matrix))

    @property
    def reference_log_odds(self) -> float:
        """Calibrated log-odds of a household whose every feature has its mean share."""
        return float(self.slope * (self.base + self.reference.sum()) + self.intercept)

    def contributions(self, matrix: Floats) -> Floats:
        """Calibrated shares against the reference (rows x features).

        reference_log_odds plus a row's contributions is that row's log-odds, exactly.
        """
        shares = np.empty(matrix.shape, order="F")
        for place, steps in enumerate(self.steps):
            shares[:, place] = self.slope * (steps.at(matrix[:, place]) - self.reference[place])
        return shares

    def muted(self, columns: Iterable[int]) -> ScoreTables:
        """The same tables in which these features tell nothing: each household gets their mean share over the training rows."""
        silent = set(columns)
        steps = tuple(
            Steps(np.empty(0), np.array([mean]), float(mean)) if place in silent else steps
            for place, (steps, mean) in enumerate(zip(self.steps, self.reference, strict=True))
        )
        return replace(self, steps=steps)

    def referred_to(self, matrix: Floats) -> ScoreTables:
        """The same tables with the reference taken over these rows."""
        means = [float(steps.at(matrix[:, place]).mean()) for place, steps in enumerate(self.steps)]
        return replace(self, reference=np.array(means))

    def calibrated(self, slope: float, intercept: float) -> ScoreTables:
        """The same tables with another calibration."""
        return replace(self, slope=slope, intercept=intercept)

    def fits(self, schema: FeatureSchema) -> bool:
        """Whether there is one step function for each feature of the schema."""
        return len(self.steps) == len(schema.features)


def logistic(log_odds: Floats) -> Floats:
    """Probability from log-odds, safe for any size."""
    return np.asarray(np.exp(-np.logaddexp(0.0, -log_odds)), dtype=np.float64)


def flat() -> Steps:
    """A feature that says nothing."""
    return Steps(np.empty(0), np.zeros(1), 0.0)
