"""The month's visits beside the warnings: who goes on each township's list, why, and what came of earlier ones.

A plan is made by the night of a month's last day. It says of every visit how the household was chosen, and with what
chance when by lot, so that an answer teaches with its selection known.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import duckdb
import polars as pl

from models.feedback import CONFIRMED
from models.release import Release
from models.visits import BY_LOT, BY_QUOTA, BY_RANK, Quota, visit_plan
from pipelines.county import County
from pipelines.deliver.source import Source
from pipelines.intake.ledger import append_events, read_events
from pipelines.risk import tables
from pipelines.risk.groups import people_groups
from pipelines.warehouse.identity import RunIdentity

EVENT = "visits"
_LETTERS = {BY_RANK: "ZF", BY_QUOTA: "ZF", BY_LOT: "CJ"}
_TOLD_BY_LOT = "随机抽查：按比例抽取的名单以外的户，用于检验有无遗漏，请照常走访"
# Households without a warning and not monitored, whom nobody has seen within the days that a verdict stays silent; whole
# townships have a part in common, of some $part households.
_CANDIDATES = """
    CREATE TEMP TABLE candidate AS
    SELECT
        features.household_no, features.township_code, features.head_key, features.members, features.has_disabled,
        scores.log_odds, scores.rank_in_township, scores.reasons,
        count(*) OVER (ORDER BY features.township_code) // $part AS part
    FROM intermediate.int_risk_feature AS features
    JOIN marts.fct_risk_score AS scores ON features.household_no = scores.household_no
    JOIN intermediate.int_threshold AS thresholds
        ON features.as_of = thresholds.as_of AND features.region_code = thresholds.region_code
    WHERE NOT features.is_monitored
        AND NOT EXISTS (
            SELECT 1 FROM marts.fct_warning AS warnings
            WHERE warnings.household_no = features.household_no AND warnings.status <> '已关闭'
        )
        AND NOT EXISTS (
            SELECT 1 FROM staging.stg_visit_record AS seen
            WHERE seen.household_no = features.household_no
                AND seen.visited_on BETWEEN features.as_of - thresholds.silent_days AND features.as_of
        )
        AND NOT EXISTS (
            SELECT 1 FROM intermediate.int_warning_verdict AS verdicts
            WHERE substr(verdicts.warning_no, 3, length(verdicts.warning_no) - 11) = features.household_no
                AND verdicts.verified_on >= features.as_of - thresholds.silent_days
        )
    ORDER BY part, features.household_no
"""
_ROOM = """
    SELECT substr(region_code, 1, 9) AS township_code, max(CAST(value AS INTEGER)) AS room
    FROM intermediate.int_parameter_at
    WHERE as_of = $1 AND clause = 'scorer' AND parameter = 'visits_per_month' AND length(region_code) >= 9
    GROUP BY ALL
"""


def township_room(connection: duckdb.DuckDBPyConnection, as_of: date) -> dict[str, int]:
    """How many households each township can visit in a month beside its warnings (a dated parameter)."""
    return dict(connection.execute(_ROOM, [as_of]).fetchall())


def plan_visits(
    connection: duckdb.DuckDBPyConnection, county: County, release: Release, identity: RunIdentity
) -> pl.DataFrame:
    """The plan of a scored night: one row a household to visit, columns as in marts.fct_risk_visit; empty inside a month."""
    as_of = identity.as_of
    quotas = [Quota(**quota) for quota in release.facts.get("quotas", ())]
    room = township_room(connection, as_of)
    is_month_end = as_of.day == monthrange(as_of.year, as_of.month)[1]
    plans = [
        visit_plan(_grouped(candidates, quotas, county, as_of), quotas, room, f"{county.region}|{as_of}")
        for candidates in (_candidates(connection) if is_month_end else ())
    ]
    if not plans:
        return pl.DataFrame(schema=[name for name, _, _ in tables.VISITS.columns])
    plan = pl.concat(plans)
    issued = as_of + timedelta(days=1)
    following = issued.replace(day=monthrange(issued.year, issued.month)[1])
    by_lot = pl.col("why") == BY_LOT
    return plan.select(
        pl.format("{}{}-{}", pl.col("why").replace(_LETTERS), "household_no", pl.lit(f"{issued:%Y%m%d}")).alias(
            "visit_no"
        ),
        "household_no",
        pl.lit(as_of).alias("as_of"),
        "township_code",
        "why",
        "probability",
        "rank_in_township",
        pl.when(by_lot)
        .then(pl.lit(_TOLD_BY_LOT))
        .otherwise(pl.format("{}：{}", "why", "reasons"))
        .alias("reason_text"),
        pl.lit(following).alias("due_on"),
    ).sort("township_code", by_lot, "rank_in_township")


def _candidates(connection: duckdb.DuckDBPyConnection) -> Iterator[pl.DataFrame]:
    """Whom visits are chosen from: some whole townships at a time, one row a household."""
    connection.execute(_CANDIDATES, {"part": tables.AT_A_TIME})
    for (part,) in connection.execute("SELECT DISTINCT part FROM candidate ORDER BY part").fetchall():
        yield connection.sql("SELECT * EXCLUDE (part) FROM candidate WHERE part = $part", params={"part": part}).pl()
    connection.execute("DROP TABLE candidate")


def _grouped(candidates: pl.DataFrame, quotas: list[Quota], county: County, as_of: date) -> pl.DataFrame:
    """The candidates with a column for each group that visits are kept for."""
    if not quotas:
        return candidates
    groups = people_groups(candidates, county, as_of.year)
    return candidates.hstack(groups.select({quota.column for quota in quotas}))


def visits_event(source: Source) -> dict[str, Any]:
    """The event of a night: the visits it hands out, none inside a month."""
    rows = source.frame("SELECT visit_no, household_no, why, probability FROM marts.fct_risk_visit ORDER BY visit_no")
    return {
        "event": EVENT,
        "as_of": source.as_of.isoformat(),
        "known_on": source.known_on.isoformat(),
        "run_id": source.run_id,
        "visits": rows.to_dicts(),
    }


def record_visits(county: County, event: dict[str, Any]) -> None:
    """Note in the ledger what a night hands out, once: a night done again hands out the same."""
    if not event["visits"]:
        return
    told = {name: event[name] for name in ("event", "as_of", "visits")}
    if not any({name: known.get(name) for name in told} == told for known in read_events(county)):
        append_events(county, [event])


def visit_outcomes(county: County, verdicts: pl.DataFrame, as_of: date) -> list[dict[str, Any]]:
    """What came of the visits handed out by a day: one entry a way of choosing, for the scorer's card.

    verdicts: warning_no (here the number of a visit) and verdict. found_share: confirmed of those answered;
    estimated_cases: what the answers by lot, each over its chance, say of all whom the lists left out.
    """
    handed = [
        {"warning_no": visit["visit_no"], **{name: visit[name] for name in ("why", "probability")}}
        for event in read_events(county)
        if event["event"] == EVENT and event["as_of"] < as_of.isoformat()
        for visit in event["visits"]
    ]
    if not handed:
        return []
    answers = verdicts.unique("warning_no", keep="last").select("warning_no", "verdict")
    joined = pl.DataFrame(handed).unique("warning_no", keep="last").join(answers, on="warning_no", how="left")
    answered = pl.col("verdict").is_not_null() & (pl.col("verdict") != "查无此户")
    confirmed = pl.col("verdict").is_in(CONFIRMED)
    return (
        joined.group_by("why")
        .agg(
            pl.len().alias("handed"),
            answered.sum().alias("answered"),
            confirmed.sum().alias("confirmed"),
            pl.when(confirmed).then(1 / pl.col("probability")).otherwise(0.0).sum().round(1).alias("estimated_cases"),
        )
        .sort("why")
        .to_dicts()
    )
