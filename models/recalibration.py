"""Recalibration: the ranking stays, its level follows the outcomes that have closed since; mended first, before anything is learnt anew."""

from __future__ import annotations

import numpy as np

from models.calibration import fit_level, fit_sigmoid
from models.gate import LEVEL_RANGE, MAX_CALIBRATION_ERROR, MIN_EVENTS, Criterion, Decision
from models.learn import FOLDS, SCORECARD_EVENTS, TrainingRows, fold_of
from models.metrics import calibration_error
from models.schema import Floats
from models.score_table import ScoreTables, logistic


def recalibrated(tables: ScoreTables, rows: TrainingRows) -> ScoreTables:
    """The same steps under a calibration fitted on these rows: slope and level, or the level alone for few events."""
    if rows.events < SCORECARD_EVENTS:
        level = fit_level(tables.log_odds(rows.matrix), rows.labels, rows.weights)
        return tables.calibrated(tables.slope, tables.intercept + level)
    return tables.calibrated(*fit_sigmoid(tables.raw(rows.matrix), rows.labels, rows.weights))


def unseen_probability(tables: ScoreTables, rows: TrainingRows) -> Floats:
    """Each row's probability under a calibration fitted on other households' rows."""
    fold = fold_of(rows.group, FOLDS, seed=0)
    found = np.zeros(len(rows.labels))
    for number in range(FOLDS):
        mine = fold == number
        found[mine] = logistic(recalibrated(tables, rows.at(~mine)).log_odds(rows.matrix[mine]))
    return found


def judge_recalibration(tables: ScoreTables, rows: TrainingRows) -> Decision:
    """Whether recalibrating on these rows mends the level, judged on households that the new numbers never saw."""
    now, then = unseen_probability(tables, rows), tables.probability(rows.matrix)
    observed = float((rows.labels * rows.weights).sum())
    level_now, level_then = (observed / max(float((of * rows.weights).sum()), 1e-12) for of in (now, then))
    error_now, error_then = (calibration_error(of, rows.labels, rows.weights) for of in (now, then))
    nearer = abs(np.log(max(level_now, 1e-12))) <= abs(np.log(max(level_then, 1e-12)))
    return Decision((
        Criterion("已到期的事件数", f"{rows.events} 起，至少 {MIN_EVENTS} 起", rows.events >= MIN_EVENTS),
        Criterion(
            "实际与预期之比",
            f"由 {level_then:.2f} 变为 {level_now:.2f}，应更接近1且在 {LEVEL_RANGE[0]} 至 {LEVEL_RANGE[1]} 之间",
            bool(nearer) and LEVEL_RANGE[0] <= level_now <= LEVEL_RANGE[1],
        ),
        Criterion(
            "校准误差",
            f"由 {error_then:.4f} 变为 {error_now:.4f}，不得变大，至多 {MAX_CALIBRATION_ERROR}",
            error_now <= min(error_then, MAX_CALIBRATION_ERROR),
        ),
        Criterion("排序不变", "只改斜率和水平", recalibrated(tables, rows).slope > 0),
    ))  # fmt: skip
