"""Keeping a county's scorer honest: expected against observed as outcomes close; recalibrate first, train anew second."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from models import metrics
from models.censoring import taught as teach
from models.county_features import COUNTY_SCHEMA
from models.learn import TrainingRows
from models.monitor import advice, profile
from models.recalibration import judge_recalibration, recalibrated
from models.release import Release
from models.rolling import CANDIDATE, training_rows
from pipelines.county import County
from pipelines.intake.ledger import append_events
from pipelines.risk.history import History, Progress, open_history
from pipelines.risk.registry import current_release
from pipelines.risk.train import RANK_BY, TrainingReport, matrix_hash, publish_release, silenced, train_on
from pipelines.settings import Settings
from pipelines.warehouse.identity import RunIdentity, code_version
from pipelines.warehouse.lock import hold

EVENT = "scorer_check"
CHECKED_ORIGINS = 3
KEEP, RECALIBRATE, RETRAIN = "keep", "recalibrate", "retrain"
_TOLD = {KEEP: "继续使用现用模型", RECALIBRATE: "水平有偏差，重新校准", RETRAIN: "排序变差，重新训练"}


@dataclass(frozen=True)
class Refresh:
    """What a check came to: the advice, the Chinese account of it, and the release that followed (none when kept)."""

    advice: str
    told: str
    report: TrainingReport | None = None


def refresh_county(
    county: County, as_of: date, known_on: date, settings: Settings, progress: Progress = lambda _line: None
) -> Refresh:
    """Check the scorer in use on the outcomes closed since it was trained; keep it, recalibrate it, or train anew.

    A county without a scorer of its own is trained. A recalibration that its gate refuses is followed by a training.
    Raises BuildError when the warehouse of that day cannot be computed.
    """
    identity = RunIdentity(f"train-{as_of}", as_of, known_on, code_version(settings.dbt_project))
    with (
        hold(county, f"检查 {as_of} 的评分模型") as lock,
        open_history(county, identity, settings, lock, progress) as history,
    ):
        used, told = current_release(county, as_of, COUNTY_SCHEMA)
        if used.kind == "floor":
            return Refresh(RETRAIN, f"{told}；现在训练", train_on(history, identity))
        days = history.closed_days(date.fromisoformat(used.facts["origins"][-1]))[-CHECKED_ORIGINS:]
        if not days:
            return Refresh(KEEP, f"模型 {used.model_id} 训练之后还没有到期的结果，继续使用")
        return _follow(history, used, teach(history.panel(days), RANK_BY), identity)


def _follow(history: History, used: Release, rows: pl.DataFrame, identity: RunIdentity) -> Refresh:
    """Do what the outcomes of days that the scorer never learnt from ask for."""
    found = level_check(used, training_rows(rows, COUNTY_SCHEMA))
    append_events(history.county, [{"event": EVENT, "as_of": identity.as_of.isoformat(), **found}])
    told = f"到期结果：实际 {found['observed']:.0f} 起，预期 {found['expected']:.1f} 起，AUC {found['roc_auc']:.3f}；"
    history.progress(f"检查：{told}{_TOLD[found['advice']]}")
    if found["advice"] == KEEP:
        return Refresh(KEEP, told + _TOLD[KEEP])
    if found["advice"] == RECALIBRATE:
        report = release_recalibrated(history.county, used, rows, found, identity)
        if report.promoted:
            return Refresh(RECALIBRATE, told + _TOLD[RECALIBRATE], report)
        told += "重新校准未通过评审，"
    return Refresh(RETRAIN, told + _TOLD[RETRAIN], train_on(history, identity))


def level_check(used: Release, rows: TrainingRows) -> dict[str, Any]:
    """Observed and expected events, ranking, and what they ask for, on rows whose outcomes have closed since."""
    probability = used.tables.probability(rows.matrix)
    observed = float((rows.labels * rows.weights).sum())
    expected = float((probability * rows.weights).sum())
    auc = metrics.roc_auc(*metrics.Ranking.of(probability).blocks(rows.labels, rows.weights))
    then = float(used.facts["figures"][CANDIDATE]["roc_auc"][0])
    return {
        "model_id": used.model_id,
        "observed": round(observed, 4),
        "expected": round(expected, 4),
        "roc_auc": round(auc, 6),
        "advice": advice(observed, expected, auc, then),
    }


def release_recalibrated(
    county: County, used: Release, rows: pl.DataFrame, found: dict[str, Any], identity: RunIdentity
) -> TrainingReport:
    """The scorer in use under a calibration fitted on the latest closed slice, judged and announced with its card."""
    latest = rows.filter(pl.col("as_of") == pl.col("as_of").max())
    taught = training_rows(latest, COUNTY_SCHEMA)
    decision = judge_recalibration(used.tables, taught)
    tables = recalibrated(used.tables, taught)
    without = {
        feed: recalibrated(spare, training_rows(silenced(latest, feed), COUNTY_SCHEMA))
        for feed, spare in used.without.items()
    }
    facts = {
        **used.facts,
        "as_of": identity.as_of.isoformat(),
        "code_version": identity.code_version,
        "gate": decision.as_facts(),
        "recalibrated_from": used.model_id,
        "recalibration": {
            **found,
            "origin": str(latest["as_of"][0]),
            "rows": latest.height,
            "events": taught.events,
            "slope": [used.tables.slope, tables.slope],
            "intercept": [used.tables.intercept, tables.intercept],
            "matrix_sha256": matrix_hash(latest),
        },
        "profiles": {**used.facts["profiles"], "score": profile(tables.probability(taught.matrix))},
    }
    release = Release(used.kind, used.schema_version, tables, without, facts)
    return publish_release(county, release, decision, identity.as_of)
