"""Training a county's scorer on its own history, judging it, and releasing it when the gate says yes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from models.card import card_page
from models.censoring import taught as teach
from models.county_features import COUNTY_SCHEMA
from models.floor import floor_tables
from models.gate import Decision
from models.learn import suitable_kind, train, without_feed
from models.release import Release
from models.rolling import distinct_events, rolling_study, training_rows
from models.score_table import ScoreTables
from pipelines.county import County
from pipelines.risk.facts import Fairness, describe, incumbent_check, judge_study
from pipelines.risk.groups import people_groups
from pipelines.risk.history import HORIZON_DAYS, History, open_history
from pipelines.risk.registry import announce, current_release
from pipelines.risk.visits import visit_outcomes
from pipelines.settings import Settings
from pipelines.warehouse.identity import RunIdentity, code_version
from pipelines.warehouse.lock import hold

ORIGINS = 12
RANK_BY = "income_ratio_mean"
SPARE_FEEDS = ("survey", "medical", "work")
SEED = 20201
Progress = Callable[[str], None]


@dataclass(frozen=True)
class TrainingReport:
    """What a training came to: the release, its card's file, and the gate's answer (none for a floor)."""

    release: Release
    card: Path
    decision: Decision | None

    @property
    def promoted(self) -> bool:
        """Whether nights will use the release."""
        return self.decision is not None and self.decision.promoted


def train_county(
    county: County, as_of: date, known_on: date, settings: Settings, progress: Progress = lambda _line: None
) -> TrainingReport:
    """Train, judge and release under the county's lock; the lake is used as it is, nothing is received.

    Outcomes are taken as known on `known_on` by `as_of`; features as each past night would have seen them. Raises
    BuildError when the warehouse of that day cannot be computed.
    """
    identity = RunIdentity(f"train-{as_of}", as_of, known_on, code_version(settings.dbt_project))
    with (
        hold(county, f"训练 {as_of} 的评分模型") as lock,
        open_history(county, identity, settings, lock, progress) as history,
    ):
        return train_on(history, identity)


def train_on(history: History, identity: RunIdentity) -> TrainingReport:
    """Train on a history's latest closed days; under the county's lock."""
    panel = history.panel(history.closed_days()[-ORIGINS:])
    facts = {
        "held_townships": history.held,
        "visits": visit_outcomes(history.county, history.verdicts, identity.as_of),
    }
    return release_trained(history.county, panel, identity, history.progress, room=history.room, of_townships=facts)


def release_trained(
    county: County,
    panel: pl.DataFrame,
    identity: RunIdentity,
    progress: Progress,
    *,
    room: Mapping[str, int] | None = None,
    of_townships: Mapping[str, object],
) -> TrainingReport:
    """Choose the kind, judge it on rolling origins, fit it on everything, and announce it with its card.

    room: how many households each township can visit; of_townships goes into the facts as it is.
    """
    rows = teach(panel, RANK_BY) if panel.height else panel
    events = distinct_events(rows) if panel.height else 0
    kind = suitable_kind(events)
    progress(f"训练：{rows.height} 户次，不同事件 {events} 起，适用 {kind}")
    study, fairness, decision = None, None, None
    used, _ = current_release(county, identity.as_of, COUNTY_SCHEMA)
    incumbent = used.tables if used.kind != "floor" else None
    tables = floor_tables(COUNTY_SCHEMA)
    without: dict[str, ScoreTables] = {}
    if kind != "floor":
        study = rolling_study(
            rows, COUNTY_SCHEMA, kind, horizon_days=HORIZON_DAYS, room=room, incumbent=incumbent, seed=SEED
        )
        progress("训练：拟合最终模型和各数据来源中断时的备用模型")
        tables, without = _fitted(rows, kind)
    if study is not None:
        fairness = Fairness.of(study, people_groups(study.frame, county, identity.as_of.year))
        decision = judge_study(study, fairness, COUNTY_SCHEMA)
    facts = describe(rows, tables, COUNTY_SCHEMA, study=study, fairness=fairness, decision=decision)
    facts |= {
        "as_of": identity.as_of.isoformat(),
        "code_version": identity.code_version,
        **of_townships,
        "seed": SEED,
        "events": events,
        "label_version": f"y{HORIZON_DAYS}/1",
        "matrix_sha256": matrix_hash(rows),
    }
    if study is not None and incumbent is not None:
        facts["incumbent"] = incumbent_check(study, used)
    if kind == "floor":
        facts["why"] = f"不同事件只有 {events} 起，不足以训练；按两年平均收入和预警规则排序，分值未经本县历史检验"
    release = Release(kind, COUNTY_SCHEMA.version, tables, without, facts)
    return publish_release(county, release, decision, identity.as_of)


def publish_release(county: County, release: Release, decision: Decision | None, as_of: date) -> TrainingReport:
    """Announce a release with its card beside it; nights use it when the gate said yes."""
    promoted = decision is not None and decision.promoted
    card = announce(county, release, as_of, promoted=promoted).with_suffix(".html")
    card.write_text(card_page(release.model_id, release.kind, release.facts), encoding="utf-8")
    return TrainingReport(release, card, decision)


def _fitted(rows: pl.DataFrame, kind: str) -> tuple[ScoreTables, dict[str, ScoreTables]]:
    """The scorer fitted on all rows, and one for each feed that may fall silent.

    Without SPARE_FEEDS, which tell most, it is fitted anew, as if they never spoke.
    """
    full = training_rows(rows, COUNTY_SCHEMA)
    tables = train(full, COUNTY_SCHEMA, kind, SEED)
    without = {feed: without_feed(tables, full, COUNTY_SCHEMA, feed) for feed in COUNTY_SCHEMA.feeds}
    for feed in SPARE_FEEDS:
        without[feed] = train(training_rows(silenced(rows, feed), COUNTY_SCHEMA), COUNTY_SCHEMA, kind, SEED)
    return tables, without


def silenced(rows: pl.DataFrame, feed: str) -> pl.DataFrame:
    """The rows as if a feed never spoke."""
    columns = [COUNTY_SCHEMA.names[place] for place in COUNTY_SCHEMA.columns_of_feed(feed)]
    return rows.with_columns(pl.lit(None, pl.Float64).alias(name) for name in columns)


def matrix_hash(rows: pl.DataFrame) -> str:
    """SHA-256 of training rows, as CSV in their order."""
    return hashlib.sha256(rows.write_csv().encode()).hexdigest()
