"""Rolling origins: train on what was closed before a day, judge on that day's households, day after day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.additive import grow
from models.comparison import Comparison, Judged, area_list, compare
from models.floor import floor_tables
from models.learn import TrainingRows, train
from models.metrics import calibration_error, reliability
from models.schema import FeatureSchema, Floats
from models.score_table import ScoreTables

CANDIDATE, CHALLENGER, INCUMBENT = "本模型", "不受限对照", "现用模型"
PANEL_KEYS = (
    "household_no", "as_of", "township_code", "head_key", "members", "has_disabled",
    "outcome", "event_on", "kind", "label", "weight",
)  # fmt: skip
FLOORS = ("收入排序", "两年平均收入", "收入与规则底线")


@dataclass(frozen=True)
class Study:
    """What rolling origins came to, over all test rows together.

    frame: the test rows (keys, as_of, label, weight). scores: one array a scorer. listed: who the candidate's lists
    hold. trained_on and tested_on: origins.
    """

    frame: pl.DataFrame
    matrix: Floats
    scores: Mapping[str, Floats]
    judged: Judged
    comparison: Comparison
    trained_on: list[str]
    tested_on: list[str]

    @property
    def candidate(self) -> Floats:
        """Probabilities of the candidate."""
        return self.scores[CANDIDATE]

    @property
    def listed(self) -> NDArray[np.bool_]:
        """Who is on the candidate's lists, every area at its capacity."""
        return area_list(self.candidate, self.judged)

    @property
    def events(self) -> int:
        """Distinct events among the test rows."""
        return distinct_events(self.frame)

    @property
    def calibration_error(self) -> float:
        """Expected calibration error of the candidate."""
        return calibration_error(self.candidate, self.judged.labels, self.judged.weights)

    @property
    def reliability(self) -> list[tuple[float, float, float]]:
        """Mean probability, share of events and weight of each tenth of the candidate's rows."""
        return reliability(self.candidate, self.judged.labels, self.judged.weights)

    @property
    def expected(self) -> float:
        """Sum of the candidate's probabilities, weighted."""
        return float((self.candidate * self.judged.weights).sum())

    @property
    def observed(self) -> float:
        """Sum of events, weighted."""
        return float((self.judged.labels * self.judged.weights).sum())


def distinct_events(taught: pl.DataFrame) -> int:
    """Events behind the positive rows: one that several origins look forward to is one event."""
    return int(taught.filter(pl.col("label") == 1).select(pl.struct("household_no", "event_on").n_unique()).item())


def training_rows(taught: pl.DataFrame, schema: FeatureSchema) -> TrainingRows:
    """A taught panel (the schema's features and PANEL_KEYS) as rows to learn from.

    Raises FeatureError for any other column: what nobody declared cannot teach.
    """
    return TrainingRows(
        matrix=schema.matrix(taught, PANEL_KEYS),
        labels=taught["label"].to_numpy().astype(np.int8),
        weights=taught["weight"].to_numpy().astype(np.float64),
        group=taught["household_no"].rank("dense").to_numpy().astype(np.int64),
        origin=taught["as_of"].cast(pl.Int32).to_numpy().astype(np.int64),
        events=distinct_events(taught),
    )


def rolling_study(
    taught: pl.DataFrame,
    schema: FeatureSchema,
    kind: str,
    *,
    horizon_days: int = 180,
    tests: int = 3,
    room: Mapping[str, int] | None = None,
    incumbent: ScoreTables | None = None,
    seed: int = 0,
) -> Study | None:
    """Judge a kind of scorer on the last `tests` origins that can be tested.

    For every tested origin, only rows teach whose window closed by that day. None when no origin can be tested.
    taught: see training_rows. room: how many households each township can visit before a window closes.
    """
    origins = sorted(taught["as_of"].unique().to_list())
    closed = pl.col("as_of").cast(pl.Int32) + horizon_days
    parts, scores, trained = [], [], []
    for origin in origins:
        past = taught.filter(closed <= pl.lit(origin).cast(pl.Int32))
        if past.height and past["label"].n_unique() == 2:
            trained.append(origin)
    for origin in trained[-tests:]:
        past = taught.filter(closed <= pl.lit(origin).cast(pl.Int32))
        now = taught.filter(pl.col("as_of") == origin)
        parts.append(now)
        scores.append(_scores_at(training_rows(past, schema), now, schema, kind, incumbent=incumbent, seed=seed))
    if not parts:
        return None
    frame = pl.concat(parts)
    area = frame.select(pl.struct("as_of", "township_code").rank("dense")).to_series()
    together = {name: np.concatenate([part[name] for part in scores]) for name in scores[0]}
    judged = Judged(
        labels=frame["label"].to_numpy().astype(np.int8),
        weights=frame["weight"].to_numpy().astype(np.float64),
        group=frame["household_no"].rank("dense").to_numpy().astype(np.int64),
        area=area.to_numpy().astype(np.int64),
        room=None if room is None else _room_of(frame.with_columns(area=area), room),
    )
    return Study(
        frame=frame.select(name for name in frame.columns if name not in schema.names),
        matrix=schema.matrix(frame, PANEL_KEYS),
        scores=together,
        judged=judged,
        comparison=compare(together, judged, seed),
        trained_on=[str(day) for day in origins if day < trained[-1]],
        tested_on=[str(day) for day in trained[-tests:]],
    )


def _room_of(frame: pl.DataFrame, room: Mapping[str, int]) -> NDArray[np.int64]:
    """The places of each area, areas in rising order; a township that nobody gave a number has none."""
    townships = frame.group_by("area").agg(pl.col("township_code").first()).sort("area")["township_code"]
    return np.array([room.get(code, 0) for code in townships], dtype=np.int64)


def _scores_at(
    past: TrainingRows, now: pl.DataFrame, schema: FeatureSchema, kind: str, *, incumbent: ScoreTables | None, seed: int
) -> dict[str, Floats]:
    """Scores of every scorer for one origin's rows."""
    matrix = schema.matrix(now, PANEL_KEYS)
    unrestricted = grow(past.matrix, past.labels, past.weights, None, seed=seed)
    scores = {
        CANDIDATE: train(past, schema, kind, seed).probability(matrix),
        CHALLENGER: np.asarray(unrestricted.predict_proba(matrix)[:, 1]),
        FLOORS[0]: _poorest_first(now["income_ratio"]),
        FLOORS[1]: _poorest_first(now["income_ratio_mean"]),
        FLOORS[2]: floor_tables(schema).probability(matrix),
    }
    if incumbent is not None:
        scores[INCUMBENT] = incumbent.probability(matrix)
    return scores


def _poorest_first(ratio: pl.Series) -> Floats:
    """An income ratio as a score: the lower the riskier, unknown in the middle."""
    return -ratio.fill_null(ratio.median()).to_numpy().astype(np.float64)
