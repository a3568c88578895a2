"""Training a county's scorer on its own history, judging it, and releasing it when the gate says yes."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from models.card import card_page
from models.censoring import taught as teach
from models.county_features import COUNTY_SCHEMA
from models.feedback import township_verdicts
from models.floor import floor_tables
from models.gate import Decision
from models.learn import suitable_kind, train
from models.release import Release
from models.rolling import Study, distinct_events, rolling_study, training_rows
from models.score_table import ScoreTables
from pipelines.county import County
from pipelines.risk.facts import describe, incumbent_check, judge_study
from pipelines.risk.heads import heads
from pipelines.risk.registry import announce, current_release
from pipelines.risk.replay import PAST_KEYS, Recipe, features_on, read_recipe
from pipelines.settings import Settings
from pipelines.warehouse.build import run_dbt
from pipelines.warehouse.connect import attach, memory_connection
from pipelines.warehouse.identity import RunIdentity, code_version
from pipelines.warehouse.load import load_raw
from pipelines.warehouse.lock import hold

HORIZON_DAYS = 180
ORIGINS = 12
MONTHS_BETWEEN = 2
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
    with hold(county, f"训练 {as_of} 的评分模型") as lock:
        work = county.work / f"train-{as_of}"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700, parents=True)
        try:
            build = work / "warehouse.duckdb"
            progress("训练：计算截至训练日的结果")
            identity = RunIdentity(f"train-{as_of}", as_of, known_on, code_version(settings.dbt_project))
            load_raw(county, build, identity)
            built = run_dbt(build, work, settings, lock)
            panel, held = _panel(county, build, read_recipe(built.target / "manifest.json"), settings, progress)
            return _release(county, panel, held, identity, progress)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _panel(
    county: County, build: Path, recipe: Recipe, settings: Settings, progress: Progress
) -> tuple[pl.DataFrame, list[str]]:
    """Features and outcomes of past days, one row a day and household, and the townships held from training."""
    connection = memory_connection(settings, build.parent / "spill")
    try:
        attach(connection, build, "build")
        labels = connection.sql(
            "SELECT as_of, household_no, outcome, event_on, kind FROM build.intermediate.int_risk_label"
            " WHERE horizon_days = $1",
            params=[HORIZON_DAYS],
        ).pl()
        verdicts = connection.sql(
            "SELECT households.township_code, answers.verdict FROM build.staging.stg_township_feedback AS answers"
            " JOIN build.intermediate.int_household_at AS households"
            " ON substr(answers.warning_no, 3, length(answers.warning_no) - 11) = households.household_no"
            " JOIN build.intermediate.int_as_of AS days ON households.as_of = days.as_of AND days.is_day"
        ).pl()
    finally:
        connection.close()
    held = township_verdicts(verdicts).filter(pl.col("is_held"))["township_code"].to_list()
    frames = []
    for day in training_days(labels):
        progress(f"训练：还原 {day} 当夜可见的数据")
        frames.append(features_on(county, build, recipe, day, settings))
    nothing = pl.DataFrame(schema=dict.fromkeys((*PAST_KEYS, *COUNTY_SCHEMA.names), pl.String())).with_columns(
        pl.col("as_of").cast(pl.Date)
    )
    features = pl.concat([frame for frame in frames if frame.height] or [nothing])
    panel = features.join(labels, on=["as_of", "household_no"]).filter(~pl.col("township_code").is_in(held))
    return panel.sort("as_of", "household_no"), held


def training_days(labels: pl.DataFrame) -> list[date]:
    """Month ends whose windows are closed, every second one back from the latest, oldest first."""
    closed = labels.group_by("as_of").agg((pl.col("outcome") == "open").any().alias("open")).filter(~pl.col("open"))
    days: list[date] = closed["as_of"].sort(descending=True).to_list()
    return sorted(days[::MONTHS_BETWEEN][:ORIGINS])


def _release(
    county: County, panel: pl.DataFrame, held: list[str], identity: RunIdentity, progress: Progress
) -> TrainingReport:
    """Choose the kind, judge it on rolling origins, fit it on everything, and announce it with its card."""
    rows = teach(panel, "income_ratio_mean") if panel.height else panel
    events = distinct_events(rows) if panel.height else 0
    kind = suitable_kind(events)
    progress(f"训练：{rows.height} 户次，不同事件 {events} 起，适用 {kind}")
    study, decision = None, None
    used, _ = current_release(county, identity.as_of, COUNTY_SCHEMA)
    incumbent = used.tables if used.kind != "floor" else None
    tables = floor_tables(COUNTY_SCHEMA)
    without: dict[str, ScoreTables] = {}
    if kind != "floor":
        study = rolling_study(rows, COUNTY_SCHEMA, kind, horizon_days=HORIZON_DAYS, incumbent=incumbent, seed=SEED)
        progress("训练：拟合最终模型和各数据来源中断时的备用模型")
        tables, without = _fitted(rows, kind)
    slices = _groups(county, study, identity.as_of.year) if study is not None else None
    if study is not None and slices is not None:
        decision = judge_study(study, slices, COUNTY_SCHEMA)
    facts = describe(rows, tables, COUNTY_SCHEMA, study=study, groups=slices, decision=decision)
    facts |= {
        "as_of": identity.as_of.isoformat(),
        "code_version": identity.code_version,
        "held_townships": held,
        "seed": SEED,
        "events": events,
        "label_version": f"y{HORIZON_DAYS}/1",
        "matrix_sha256": _matrix_hash(rows),
    }
    if study is not None and incumbent is not None:
        facts["incumbent"] = incumbent_check(study, used)
    if kind == "floor":
        facts["why"] = f"不同事件只有 {events} 起，不足以训练；按两年平均收入和预警规则排序，分值未经本县历史检验"
    release = Release(kind, COUNTY_SCHEMA.version, tables, without, facts)
    promoted = decision is not None and decision.promoted
    file = announce(county, release, identity.as_of, promoted=promoted)
    card = file.with_suffix(".html")
    card.write_text(card_page(release.model_id, kind, facts), encoding="utf-8")
    return TrainingReport(release, card, decision)


def _fitted(rows: pl.DataFrame, kind: str) -> tuple[ScoreTables, dict[str, ScoreTables]]:
    """The scorer fitted on all rows, and one for each feed that may fall silent, fitted as if it never spoke."""
    full = training_rows(rows, COUNTY_SCHEMA)
    without = {}
    for feed in SPARE_FEEDS:
        columns = [COUNTY_SCHEMA.names[place] for place in COUNTY_SCHEMA.columns_of_feed(feed)]
        silent = rows.with_columns(pl.lit(None, pl.Float64).alias(name) for name in columns)
        without[feed] = train(training_rows(silent, COUNTY_SCHEMA), COUNTY_SCHEMA, kind, SEED)
    return train(full, COUNTY_SCHEMA, kind, SEED), without


def _groups(county: County, study: Study, year: int) -> pl.DataFrame:
    """The groups of people that fairness is judged by, one row a test row."""
    size = pl.when(pl.col("members") <= 1).then(pl.lit("1人")).when(pl.col("members") <= 3).then(pl.lit("2至3人"))
    joined = study.frame.join(heads(county, year), on="head_key", how="left", maintain_order="left")
    return joined.select(
        "户主年龄",
        "户主性别",
        pl.col("township_code").alias("乡镇"),
        size.otherwise(pl.lit("4人及以上")).alias("家庭人口"),
        pl.when("has_disabled").then(pl.lit("有")).otherwise(pl.lit("无")).alias("残疾成员"),
    )


def _matrix_hash(rows: pl.DataFrame) -> str:
    """SHA-256 of the training rows, as CSV in their order."""
    return hashlib.sha256(rows.write_csv().encode()).hexdigest()
