"""Training: which scorer a county's history can bear, fitted, calibrated and referred to its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.additive import Boosting, grow, read_tables
from models.calibration import fit_level, fit_sigmoid
from models.floor import floor_tables
from models.schema import FeatureSchema, Floats
from models.score_table import ScoreTables
from models.scorecard import fit_scorecard

Labels = NDArray[np.int8]
CHAMPION_EVENTS = 500
SCORECARD_EVENTS = 100
FEED_DROP = 0.05
FOLDS = 3


@dataclass(frozen=True)
class TrainingRows:
    """Rows to learn from: features (rows x features), 0/1 labels, weights, group and origin of each row.

    Rows of one group (a household, or people who share one) never help to judge or calibrate one another. origin is
    a number that rises with the as-of day. events counts distinct events behind the positive rows.
    """

    matrix: Floats
    labels: Labels
    weights: Floats
    group: NDArray[np.int64]
    origin: NDArray[np.int64]
    events: int

    def at(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> TrainingRows:
        """Some of the rows; events are scaled with the positives kept."""
        labels = self.labels[rows]
        kept = labels.sum() / max(int(self.labels.sum()), 1)
        return TrainingRows(
            self.matrix[rows],
            labels,
            self.weights[rows],
            self.group[rows],
            self.origin[rows],
            round(self.events * float(kept)),
        )


def suitable_kind(events: int) -> str:
    """Which scorer so many distinct events can bear: champion, scorecard or floor."""
    if events >= CHAMPION_EVENTS:
        return "champion"
    return "scorecard" if events >= SCORECARD_EVENTS else "floor"


def train(
    rows: TrainingRows, schema: FeatureSchema, kind: str, seed: int = 0, boosting: Boosting | None = None
) -> ScoreTables:
    """Train one scorer of a kind (champion, scorecard or floor), calibrated on the latest origin.

    The calibration sees, for every row of the latest origin, the score of a model that never saw the row's group.
    The same rows and seed give the same tables.
    """
    fit = _fitter(schema, kind, seed, boosting)
    tables = fit(rows)
    judged, raw = _unseen_scores(rows, fit)
    slope, intercept = fit_sigmoid(raw, rows.labels[judged], rows.weights[judged])
    return tables.calibrated(slope, intercept).referred_to(rows.matrix)


def _fitter(
    schema: FeatureSchema, kind: str, seed: int, boosting: Boosting | None
) -> Callable[[TrainingRows], ScoreTables]:
    """The function that fits uncalibrated tables of a kind."""

    def champion(rows: TrainingRows) -> ScoreTables:
        matrix = with_feeds_dropped(rows.matrix, schema, seed)
        model = grow(matrix, rows.labels, rows.weights, schema, seed=seed, boosting=boosting)
        return read_tables(model, matrix.shape[1])

    def scorecard(rows: TrainingRows) -> ScoreTables:
        matrix = with_feeds_dropped(rows.matrix, schema, seed)
        return fit_scorecard(matrix, rows.labels, rows.weights, schema)

    def floor(_rows: TrainingRows) -> ScoreTables:
        return floor_tables(schema)

    return {"champion": champion, "scorecard": scorecard, "floor": floor}[kind]


def without_feed(tables: ScoreTables, rows: TrainingRows, schema: FeatureSchema, feed: str) -> ScoreTables:
    """The tables for days on which a feed is silent: it is muted, and the mean probability over the rows stays as it was."""
    muted = tables.muted(schema.columns_of_feed(feed))
    level = fit_level(muted.log_odds(rows.matrix), tables.probability(rows.matrix), rows.weights)
    return muted.calibrated(muted.slope, muted.intercept + level)


def with_feeds_dropped(matrix: Floats, schema: FeatureSchema, seed: int) -> Floats:
    """A copy with every feed blanked in FEED_DROP of the rows, so that a missing feed is learnt as unknown, not as safe."""
    lots = np.random.default_rng(seed)
    copy = matrix.copy()
    for feed in schema.feeds:
        rows = lots.random(len(copy)) < FEED_DROP
        for place in schema.columns_of_feed(feed):
            copy[rows, place] = np.nan
    return copy


def fold_of(group: NDArray[np.int64], folds: int, seed: int) -> NDArray[np.int64]:
    """A fold for each row, the same for all rows of a group."""
    groups, place = np.unique(group, return_inverse=True)
    shuffled = np.random.default_rng(seed).permutation(len(groups)) % folds
    return np.asarray(shuffled[place], dtype=np.int64)


def _unseen_scores(rows: TrainingRows, fit: Callable[[TrainingRows], ScoreTables]) -> tuple[NDArray[np.bool_], Floats]:
    """Rows of the latest origin, and their raw scores by models that never saw their group."""
    latest = rows.origin == rows.origin.max()
    fold = fold_of(rows.group, FOLDS, seed=0)
    raw = np.zeros(len(rows.labels))
    for number in range(FOLDS):
        judged = latest & (fold == number)
        if judged.any():
            raw[judged] = fit(rows.at(fold != number)).raw(rows.matrix[judged])
    return latest, raw[latest]
