"""What left the county: the change feed and the outside report of each month, as events in the ledger.

One event per paper and night that gave it out: `{"event": "sent", "paper", "as_of", "known_on", "run_id", "rows"}`.
A paper goes out once a month, by the first night on or after the report day; the next one is held against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from pipelines.county import County
from pipelines.deliver.source import Source
from pipelines.intake.ledger import append_events, read_events
from pipelines.warehouse.identity import RunIdentity

EVENT = "sent"
FEED, OUTSIDE = "TR-feed", "outside-scale"
SCHEMAS: dict[str, dict[str, pl.DataType]] = {
    FEED: {
        "household_no": pl.String(),
        "members": pl.Int64(),
        "per_capita_fen": pl.Int64(),
        "has_property": pl.Boolean(),
    },
    OUTSIDE: {"dimension": pl.String(), "value": pl.String(), "households": pl.String(), "people": pl.String()},
}
_FEED_ROWS = """
    SELECT states.household_no, states.members, states.disposable_income_per_capita_fen, states.has_excluding_property
    FROM intermediate.int_household_state AS states
    JOIN intermediate.int_published_household AS published
        ON states.as_of = published.as_of AND states.household_no = published.household_no
    WHERE states.is_monitored
    ORDER BY states.household_no
"""
_REPORT_DAY = """
    SELECT CAST(parameters.value AS INTEGER) AS day FROM intermediate.int_parameter_at AS parameters
    JOIN raw.run AS run ON parameters.as_of = run.as_of AND parameters.region_code = run.county_region
    WHERE parameters.clause = 'FQ-rhythm' AND parameters.parameter = 'report_day'
"""


@dataclass(frozen=True)
class Sent:
    """What a paper said when it last went out: the as-of day of its night, and its rows."""

    as_of: date | None
    rows: pl.DataFrame


def last_sent(county: County, identity: RunIdentity, paper: str) -> Sent:
    """The paper as the newest night before D that knew no more than K gave it out; no day and no rows before the first."""
    last: dict[str, Any] | None = None
    for event in read_events(county):
        if event["event"] != EVENT or event["paper"] != paper or event["known_on"] > identity.known_on.isoformat():
            continue
        if event["as_of"] < identity.as_of.isoformat() and (last is None or event["as_of"] >= last["as_of"]):
            last = event
    rows = pl.DataFrame(last["rows"] if last else [], schema=SCHEMAS[paper], orient="row")
    return Sent(date.fromisoformat(last["as_of"]) if last else None, rows)


def is_due(source: Source, paper: str) -> bool:
    """Whether the night gives the paper out: none went out on or after the newest report day that is not after D."""
    day = source.frame(_REPORT_DAY)["day"][0]
    of_month = source.as_of.replace(day=day)
    if of_month > source.as_of:
        month_before = date(source.as_of.year - (source.as_of.month == 1), (source.as_of.month - 2) % 12 + 1, 1)
        of_month = month_before.replace(day=day)
    newest = source.frame("SELECT sent_on FROM raw.ledger_sent WHERE paper = $paper", {"paper": paper})
    return newest.is_empty() or newest["sent_on"][0] < of_month


def has_feed(source: Source) -> bool:
    """Whether the county has a change feed: it adopted TR."""
    return not source.frame("SELECT document FROM raw.county_document WHERE document = 'TR'").is_empty()


def feed_rows(source: Source) -> pl.DataFrame:
    """What the change feed of the night tells of: the households monitored on D with their figures."""
    return source.frame(_FEED_ROWS)


def record_sent(county: County, source: Source, paper: str, rows: pl.DataFrame) -> bool:
    """Note that the night gives the paper out; returns whether it was noted.

    A night that is an earlier one worked out again gives nothing out, and one done again with the same rows has
    given them out already.
    """
    event = {
        "event": EVENT,
        "paper": paper,
        "as_of": source.as_of.isoformat(),
        "known_on": source.known_on.isoformat(),
        "run_id": source.run_id,
        "rows": [list(row) for row in rows.iter_rows()],
    }
    earlier = [e for e in read_events(county) if e["event"] == EVENT and e["paper"] == paper]
    if earlier:
        last = earlier[-1]
        same = all(last[name] == event[name] for name in ("as_of", "known_on", "rows"))
        if same or last["as_of"] > event["as_of"]:
            return False
    append_events(county, [event])
    return True
