"""A training's facts as JSON values, for the release and its card."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.calibration import fit_level
from models.gate import Decision, Evidence, best_single_auc, judge
from models.metrics import Ranking, recall_at
from models.monitor import advice, profile
from models.release import Release
from models.rolling import CANDIDATE, FLOORS, INCUMBENT, Study, training_rows
from models.schema import FeatureSchema
from models.score_table import ScoreTables
from models.slices import MIN_EVENTS, TOWNSHIP, Slice, listed_with, mitigation, quotas, slice_table
from models.visits import Quota

_POINTS = tuple(round(0.02 * number, 2) for number in range(1, 26))


@dataclass(frozen=True)
class Fairness:
    """How well the lists find each group: as ranked, the visits kept where a group lags, and as they are with these."""

    before: list[Slice]
    kept: tuple[Quota, ...]
    after: list[Slice]

    @staticmethod
    def of(study: Study, groups: pl.DataFrame) -> Fairness:
        """Judge a study's lists; groups holds one row a test row."""
        judged = study.judged

        def table(listed: NDArray[np.bool_]) -> list[Slice]:
            return slice_table(groups, study.candidate, listed, judged.labels, judged.weights)

        before = table(study.listed)
        kept = quotas(before)
        return Fairness(before, kept, table(listed_with(kept, groups, study.candidate, judged)) if kept else before)

    @property
    def recall(self) -> dict[str, float]:
        """Recall over the overall one on the lists as they will be, of each slice of people with enough events."""
        return {
            part.name: part.relative for part in self.after if part.observed >= MIN_EVENTS and part.column != TOWNSHIP
        }


def judge_study(study: Study, fairness: Fairness, schema: FeatureSchema) -> Decision:
    """Put a study before the promotion gate."""
    judged = study.judged
    return judge(
        Evidence(
            candidate=CANDIDATE,
            floors=FLOORS,
            incumbent=INCUMBENT if INCUMBENT in study.scores else None,
            events=study.events,
            comparison=study.comparison,
            calibration_error=study.calibration_error,
            expected=study.expected,
            observed=study.observed,
            single_auc=best_single_auc(study.matrix, judged.labels, judged.weights, schema)[1],
            slice_recall=fairness.recall,
            mitigated=bool(fairness.kept),
        )
    )


def describe(
    rows: pl.DataFrame,
    tables: ScoreTables,
    schema: FeatureSchema,
    *,
    study: Study | None,
    fairness: Fairness | None,
    decision: Decision | None,
) -> dict[str, Any]:
    """What a release says of itself: counts, figures with intervals, gate, slices, plots' data, drift profiles."""
    facts: dict[str, Any] = {"rows": rows.height, "features": schema.names}
    if study is None or fairness is None or decision is None:
        return facts
    full = training_rows(rows, schema)
    shares = tables.contributions(full.matrix)
    figures = study.comparison.figures
    facts |= {
        "base_rate": round(float(np.average(full.labels, weights=full.weights)), 6),
        "origins": [str(day) for day in sorted(rows["as_of"].unique().to_list())],
        "tested_on": study.tested_on,
        "gate": decision.as_facts(),
        "figures": {
            name: {figure: [round(part, 6) for part in (of.value, of.low, of.high)] for figure, of in values.items()}
            for name, values in figures.items()
        },
        "calibration_error": round(study.calibration_error, 6),
        "reliability": [[round(part, 6) for part in row] for row in study.reliability],
        "recall_curve": _curves(study),
        "themes": {
            theme: round(float(shares[:, schema.columns_of_theme(theme)].sum(axis=1).std()), 6)
            for theme in schema.themes
        },
        "slices": [_finite({**asdict(part), "name": part.name}) for part in fairness.before],
        "quotas": [asdict(quota) for quota in fairness.kept],
        "mitigation": mitigation(fairness.before, fairness.after, fairness.kept),
        "profiles": {
            **{name: profile(full.matrix[:, place]) for place, name in enumerate(schema.names)},
            "score": profile(tables.probability(full.matrix)),
        },
    }
    return facts


def incumbent_check(study: Study, used: Release) -> dict[str, Any]:
    """How the scorer in use did on the closed labels: observed, expected, and what to do with it.

    advice: keep, recalibrate or retrain; level_shift: the log-odds that recalibrating it would add.
    """
    observed = study.observed
    expected = float((study.scores[INCUMBENT] * study.judged.weights).sum())
    now = study.comparison.figures[INCUMBENT]["roc_auc"].value
    then = float(used.facts["figures"][CANDIDATE]["roc_auc"][0])
    shift = fit_level(used.tables.log_odds(study.matrix), study.judged.labels, study.judged.weights)
    return {
        "model_id": used.model_id,
        "level_shift": round(shift, 4),
        "observed": round(observed, 4),
        "expected": round(expected, 4),
        "advice": advice(observed, expected, now, then),
    }


def _curves(study: Study) -> dict[str, list[list[float]]]:
    """Share of cases found at each share of households visited."""
    curves = {}
    for name, scores in study.scores.items():
        positives, negatives = Ranking.of(scores).blocks(study.judged.labels, study.judged.weights)
        curves[name] = [[share, round(recall_at(positives, negatives, share), 6)] for share in _POINTS]
    return curves


def _finite(values: dict[str, Any]) -> dict[str, Any]:
    """Numbers that are none become null, for JSON."""
    return {
        name: None if isinstance(value, float) and not np.isfinite(value) else value for name, value in values.items()
    }
