"""A night's scores: features out of the build, probabilities and reasons back into it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from models.county_features import COUNTY_SCHEMA
from models.monitor import drift, state_of
from models.release import Release
from models.scoring import KEYS, score_households
from pipelines.county import County
from pipelines.risk.registry import current_release
from pipelines.risk.tables import DRIFT, FEEDS, REASONS, SCORES, write_table
from pipelines.settings import Settings
from pipelines.warehouse.identity import RunIdentity
from pipelines.warehouse.sql import Name, statement

FEED_NAMES = {
    "registry": "家庭成员信息",
    "survey": "收入调查",
    "medical": "医保结算",
    "disability": "残疾人名册",
    "work": "务工就业",
    "school": "学籍资助",
    "civil": "社会救助名册",
    "housing": "住房鉴定",
    "water": "饮水排查",
    "disaster": "灾情损失",
    "finance": "金融核对",
    "hotline": "群众申报",
    "visit": "入户走访",
    "population": "户籍变动",
}


def score_night(
    build: Path, county: County, settings: Settings, identity: RunIdentity, progress: Callable[[str], None]
) -> int:
    """Score every household of the closed build file and write marts.fct_risk_score, _reason, _feed and _drift into it.

    The scorer is the one released for an earlier day, else the floor; which one is told through `progress`. Returns
    the number of households scored. The same build and ledger give the same tables.
    """
    release, told = current_release(county, identity.as_of, COUNTY_SCHEMA)
    progress(f"评分：{told}")
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
        if missing:
            progress("评分：数据来源缺失或过期：" + "、".join(FEED_NAMES[feed] for feed in missing))
        features = read_features(connection)
        days: dict[str, date | None] = dict(zip(feeds["feed"].to_list(), feeds["data_on"].to_list(), strict=True))
        scores, reasons = score_households(
            features, COUNTY_SCHEMA, release, feeds=days, missing_feeds=missing, seed=identity.run_id
        )
        named = pl.lit("、".join(FEED_NAMES[feed] for feed in missing)).alias("feeds_missing")
        write_table(connection, SCORES, scores.with_columns(named))
        write_table(connection, REASONS, reasons)
        moved = drift_frame(release, features, scores, identity.as_of)
        odd = moved.filter(pl.col("state") == "异常").height
        if odd:
            progress(f"评分：{odd} 项特征或分值与训练时相比变化异常，详见 fct_risk_drift，请先核对数据来源")
        write_table(connection, DRIFT, moved)
        write_table(connection, FEEDS, feeds.with_columns(pl.col("feed").replace(FEED_NAMES)).sort("feed"))
        connection.execute("CHECKPOINT")
    finally:
        connection.close()
    return scores.height


def drift_frame(release: Release, features: pl.DataFrame, scores: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Stability index and state of every feature and of the score, against the release's training rows."""
    profiles = release.facts.get("profiles")
    matrix = COUNTY_SCHEMA.matrix(features.sort("household_no"), KEYS)
    found = {} if profiles is None else drift(matrix, scores["score"].to_numpy(), COUNTY_SCHEMA, profiles)
    return pl.DataFrame(
        [(measure, as_of, index, state_of(index)) for measure, index in sorted(found.items())],
        schema={"measure": pl.String, "as_of": pl.Date, "stability_index": pl.Float64, "state": pl.String},
        orient="row",
    )


def read_features(connection: duckdb.DuckDBPyConnection, keys: tuple[str, ...] = KEYS) -> pl.DataFrame:
    """The day's feature frame: one row a household, the keys asked for and the schema's features."""
    columns = [Name(name) for name in (*keys, *COUNTY_SCHEMA.names)]
    query = "SELECT {columns} FROM intermediate.int_risk_feature ORDER BY household_no"
    frame: pl.DataFrame = connection.sql(statement(query, columns=columns)).pl()
    return frame


def read_feeds(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Each feed's last day, age, limit and whether it counts as missing."""
    query = """
        SELECT feed, as_of, form, data_on, CAST(age_days AS INTEGER) AS age_days, limit_days, is_missing = 1 AS is_missing
        FROM intermediate.int_risk_feed ORDER BY feed
    """
    frame: pl.DataFrame = connection.sql(query).pl()
    return frame
