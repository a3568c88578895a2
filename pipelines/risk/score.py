"""A night's scores: features out of the build, probabilities and reasons back into it.

Households are read and scored some at a time, so that a whole province needs no more memory than a county; the database
ranks them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from models.county_features import COUNTY_SCHEMA
from models.monitor import STOP, drift, moved_feeds, state_of
from models.release import Release
from models.scoring import KEYS, score_households
from pipelines.county import County
from pipelines.risk import tables
from pipelines.risk.registry import current_release, floor_release
from pipelines.risk.tables import DRIFT, FEEDS, REASONS, RUN, SCORES, VISITS, add_rows, make_table, write_table
from pipelines.risk.visits import plan_visits
from pipelines.settings import Settings
from pipelines.warehouse.identity import RunIdentity
from pipelines.warehouse.sql import Name, statement
from pipelines.warehouse.table_key import require_key

USED, MISSING, MOVED = "使用", "缺失或过期，未使用", "变化异常，未使用"
BANDS = (("高", 0.02), ("较高", 0.10), ("关注", 0.30), ("一般", 1.0))
_SCORED = """
    CREATE TEMP TABLE scored (
        household_no VARCHAR, as_of DATE, township_code VARCHAR, model_id VARCHAR, model_kind VARCHAR,
        score DOUBLE, log_odds DOUBLE, reference_log_odds DOUBLE, reasons VARCHAR
    )
"""
# Ranks: 1 is the riskiest, equal scores by household number; the band says which share of the county a household is in.
_RANKED = """
    INSERT INTO marts.fct_risk_score BY NAME
    SELECT
        * EXCLUDE (township_code),
        $feeds_missing AS feeds_missing,
        $bands[1 + len(list_filter($shares, lambda share: share < rank_in_county / count(*) OVER ()))] AS band
    FROM (
        SELECT
            *,
            row_number() OVER (ORDER BY log_odds DESC, household_no) AS rank_in_county,
            row_number() OVER (PARTITION BY township_code ORDER BY log_odds DESC, household_no) AS rank_in_township
        FROM scored
    )
    ORDER BY household_no
"""


@dataclass(frozen=True)
class Choice:
    """What a night scores with: the release, a Chinese sentence that says which and why, and feeds it does without.

    drift holds the stability index of every feature and of the score against training, nothing for the floor.
    """

    release: Release
    told: str
    missing: list[str]
    moved: list[str]
    drift: dict[str, float]


def choose_scorer(release: Release, told: str, parts: Iterable[pl.DataFrame], missing: list[str]) -> Choice:
    """What drift asks for: do without a feed that has moved beyond belief; when the score itself has, take the floor.

    parts: the day's features, some households at a time; not read where nothing was learnt to compare with.
    """
    profiles = release.facts.get("profiles")
    if profiles is None:
        return Choice(release, told, missing, [], {})
    learnt = release.tables_for(missing, COUNTY_SCHEMA)
    matrices = (COUNTY_SCHEMA.matrix(part, KEYS) for part in parts)
    found = drift(((matrix, learnt.probability(matrix)) for matrix in matrices), COUNTY_SCHEMA, profiles)
    moved = [feed for feed in moved_feeds(found, COUNTY_SCHEMA) if feed not in missing]
    if found["score"] >= STOP and not missing:
        why = f"模型 {release.model_id} 的分值与训练时相比变化异常，停用该模型，改按两年平均收入和预警规则排序；请核对数据，必要时重新校准或训练"
        return Choice(floor_release(COUNTY_SCHEMA, why), why, missing, [], found)
    return Choice(release, told, missing, moved, found)


def score_night(
    build: Path, county: County, settings: Settings, identity: RunIdentity, progress: Callable[[str], None]
) -> int:
    """Score every household of the closed build file and write the tables of pipelines.risk.tables into it.

    The scorer is the one released for an earlier day, else the floor; what it is, and what it does without, is told
    through `progress` and in marts.fct_risk_run. Returns the number of households scored. The same build and ledger
    give the same tables.
    """
    connection = duckdb.connect(
        str(build),
        config={
            "memory_limit": settings.memory_limit,
            "threads": settings.threads,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    try:
        feeds = read_feeds(connection)
        missing = feeds.filter(pl.col("is_missing"))["feed"].to_list()
        release, why = current_release(county, identity.as_of, COUNTY_SCHEMA)
        chosen = choose_scorer(release, why, feature_parts(connection), missing)
        run = run_frame(chosen, feeds, identity.as_of)
        progress(f"评分：{run['told'].item()}")
        write_table(connection, RUN, run)
        silent = "、".join(text for text in run.select("feeds_missing", "feeds_moved").row(0) if text)
        households = write_scores(connection, chosen, feeds, silent)
        write_table(connection, VISITS, plan_visits(connection, county, chosen.release, identity))
        write_table(connection, DRIFT, drift_frame(chosen, identity.as_of))
        write_table(connection, FEEDS, feed_frame(chosen, feeds))
        connection.execute("CHECKPOINT")
    finally:
        connection.close()
    return households


def write_scores(connection: duckdb.DuckDBPyConnection, chosen: Choice, feeds: pl.DataFrame, silent: str) -> int:
    """Score every household, write scores with ranks and bands, and reasons; returns the number of households.

    silent: the feeds the scores do without, as papers name them. Raises BuildError when a household is there twice.
    """
    days: dict[str, date | None] = dict(zip(feeds["feed"].to_list(), feeds["data_on"].to_list(), strict=True))
    make_table(connection, SCORES)
    make_table(connection, REASONS)
    connection.execute(_SCORED)
    households = 0
    for features in feature_parts(connection):
        scores, reasons = score_households(
            features, COUNTY_SCHEMA, chosen.release, feeds=days, silent_feeds=[*chosen.missing, *chosen.moved]
        )
        add_rows(connection, Name("scored"), scores)
        add_rows(connection, Name("marts", REASONS.name), reasons)
        households += features.height
    bands, shares = zip(*BANDS, strict=True)
    connection.execute(_RANKED, {"feeds_missing": silent, "bands": list(bands), "shares": list(shares[:-1])})
    connection.execute("DROP TABLE scored")
    for table in (SCORES, REASONS):
        require_key(connection, Name("marts", table.name), table.key)
    return households


def feature_parts(connection: duckdb.DuckDBPyConnection) -> Iterator[pl.DataFrame]:
    """The day's features (see `read_features`), some households at a time."""
    reader = connection.cursor()
    try:
        for batch in reader.sql(_features_query(KEYS)).to_arrow_reader(tables.AT_A_TIME):
            yield pl.DataFrame(batch)
    finally:
        reader.close()


def run_frame(chosen: Choice, feeds: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row: the scorer in use, what it does without, and the sentence that says so."""
    labels = dict(zip(feeds["feed"].to_list(), feeds["label"].to_list(), strict=True))
    missing, moved = ("、".join(labels[feed] for feed in feeds) for feeds in (chosen.missing, chosen.moved))
    told = chosen.told
    told += f"；缺失或过期、未使用的资料：{missing}" if missing else ""
    told += f"；与训练时相比变化异常、未使用的资料：{moved}，请核对" if moved else ""
    schema = {
        "as_of": pl.Date,
        **dict.fromkeys(("model_id", "model_kind", "feeds_missing", "feeds_moved", "told"), pl.String),
    }
    row = (as_of, chosen.release.model_id, chosen.release.kind, missing, moved, told)
    return pl.DataFrame([row], schema=schema, orient="row")


def feed_frame(chosen: Choice, feeds: pl.DataFrame) -> pl.DataFrame:
    """Each feed by its Chinese name, with whether the night's scores rest on it."""
    state = pl.when("is_missing").then(pl.lit(MISSING)).when(pl.col("feed").is_in(chosen.moved)).then(pl.lit(MOVED))
    return feeds.with_columns(state.otherwise(pl.lit(USED)).alias("state"), pl.col("label").alias("feed")).sort("feed")


def drift_frame(chosen: Choice, as_of: date) -> pl.DataFrame:
    """Stability index and state of every feature and of the score, against the release's training rows."""
    return pl.DataFrame(
        [(measure, as_of, index, state_of(index)) for measure, index in sorted(chosen.drift.items())],
        schema={"measure": pl.String, "as_of": pl.Date, "stability_index": pl.Float64, "state": pl.String},
        orient="row",
    )


def read_features(connection: duckdb.DuckDBPyConnection, keys: tuple[str, ...]) -> pl.DataFrame:
    """The day's feature frame: one row a household, the keys asked for and the schema's features."""
    frame: pl.DataFrame = connection.sql(_features_query(keys) + " ORDER BY household_no").pl()
    return frame


def _features_query(keys: tuple[str, ...]) -> str:
    """One row a household: the keys asked for and the schema's features."""
    columns = [Name(name) for name in (*keys, *COUNTY_SCHEMA.names)]
    return statement("SELECT {columns} FROM intermediate.int_risk_feature", columns=columns)


def read_feeds(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Each feed's last day, age, limit and whether it counts as missing."""
    query = """
        SELECT feed, label, as_of, form, data_on, CAST(age_days AS INTEGER) AS age_days, limit_days, is_missing = 1 AS is_missing
        FROM intermediate.int_risk_feed ORDER BY feed
    """
    frame: pl.DataFrame = connection.sql(query).pl()
    return frame
