"""Warnings handed out: events in the ledger, and what stands by them before a night.

One event per night: `{"event": "warnings", "as_of", "known_on", "run_id", "opened", "reopened", "merged", "closed"}`.
A night of D sees the nights before D that knew no more than K; of a night done again, what was handed out last.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from pipelines.county import County
from pipelines.deliver.source import Source
from pipelines.intake.ledger import append_events, read_events
from pipelines.warehouse.identity import RunIdentity

EVENT = "warnings"
_WARNING_SCHEMA: dict[str, pl.DataType] = {
    "warning_no": pl.String(),
    "household_no": pl.String(),
    "issued_on": pl.Date(),
    "due_on": pl.Date(),
    "rule_ids": pl.String(),
    "is_open": pl.Boolean(),
    "closed_on": pl.Date(),
    "close_cause": pl.String(),
}
_RULE_SCHEMA: dict[str, pl.DataType] = {"warning_no": pl.String(), "rule_id": pl.String(), "since": pl.Date()}
_CHANGES = """
    SELECT states.decision, warnings.warning_no, warnings.household_no, warnings.issued_on, warnings.due_on,
        warnings.rule_ids, states.earlier_no, states.closes_earlier, coalesce(earlier.is_open, false) AS was_open
    FROM intermediate.int_warning_state AS states
    JOIN marts.fct_warning AS warnings ON states.household_no = warnings.household_no
    LEFT JOIN raw.ledger_warning AS earlier ON states.earlier_no = earlier.warning_no
    ORDER BY warnings.warning_no
"""
_TOLD = "SELECT warning_no, rule_id FROM raw.ledger_warning_rule"


@dataclass(frozen=True)
class Issued:
    """What stands before a night.

    warnings: one row per number ever handed out, with whether it is open, or when and why it was closed.
    rules: one row per number and reason, with the day on which the reason was first handed out.
    """

    warnings: pl.DataFrame
    rules: pl.DataFrame


def issued_before(county: County, identity: RunIdentity) -> Issued:
    """Everything handed out by the nights before D that knew no more than K, from the ledger."""
    nights: dict[str, dict[str, Any]] = {}
    for event in read_events(county):
        if event["event"] != EVENT or date.fromisoformat(event["as_of"]) >= identity.as_of:
            continue
        if date.fromisoformat(event["known_on"]) <= identity.known_on:
            nights[event["as_of"]] = event
    return replay([nights[as_of] for as_of in sorted(nights)])


def replay(events: list[dict[str, Any]]) -> Issued:
    """What stands after these nights, oldest first."""
    warnings: dict[str, dict[str, Any]] = {}
    since: dict[tuple[str, str], date] = {}
    for event in events:
        day = date.fromisoformat(event["as_of"]) + timedelta(days=1)
        for entry in [*event["opened"], *event["reopened"], *event["merged"]]:
            number = entry["warning_no"]
            known = warnings.setdefault(number, {"warning_no": number, "is_open": True})
            known |= {name: entry[name] for name in ("household_no", "issued_on", "due_on") if name in entry}
            known |= {"is_open": True, "closed_on": None, "close_cause": None}
            for rule in entry["rule_ids"].split(";"):
                since.setdefault((number, rule), day)
        for entry in event["closed"]:
            warnings[entry["warning_no"]] |= {
                "is_open": False, "closed_on": entry["closed_on"], "close_cause": entry["cause"],
            }  # fmt: skip
    rules = pl.DataFrame([(*pair, day) for pair, day in sorted(since.items())], schema=_RULE_SCHEMA, orient="row")
    rows = [
        {name: _typed(entry.get(name), kind) for name, kind in _WARNING_SCHEMA.items()}
        for _, entry in sorted(warnings.items())
    ]
    joined = rules.group_by("warning_no").agg(pl.col("rule_id").sort().str.join(";"))
    frame = pl.DataFrame(rows, schema=_WARNING_SCHEMA).join(joined, on="warning_no", how="left", maintain_order="left")
    return Issued(frame.with_columns(rule_ids="rule_id").select(*_WARNING_SCHEMA), rules)


def _typed(value: Any, kind: pl.DataType) -> Any:  # noqa: ANN401 - as JSON gives it
    return date.fromisoformat(value) if isinstance(kind, pl.Date) and value else value


def warnings_event(source: Source) -> dict[str, Any]:
    """The event of a night: what it hands out anew, again, with more reasons, and what it closes."""
    told = set(source.connection.execute(_TOLD).fetchall())
    event: dict[str, Any] = {
        "event": EVENT,
        "as_of": source.as_of.isoformat(),
        "known_on": source.known_on.isoformat(),
        "run_id": source.run_id,
        "opened": [], "reopened": [], "merged": [], "closed": [],
    }  # fmt: skip
    following = (source.as_of + timedelta(days=1)).isoformat()
    for row in source.frame(_CHANGES).iter_rows(named=True):
        number, decision = row["warning_no"], row["decision"]
        entry = {
            "warning_no": number,
            "household_no": row["household_no"],
            "issued_on": row["issued_on"].isoformat(),
            "due_on": row["due_on"].isoformat(),
            "rule_ids": row["rule_ids"],
        }
        if decision in ("new", "reopened"):
            event["opened" if decision == "new" else "reopened"].append(entry)
        elif decision == "open" and any((number, rule) not in told for rule in row["rule_ids"].split(";")):
            event["merged"].append({"warning_no": number, "rule_ids": row["rule_ids"]})
        if row["was_open"] and row["closes_earlier"]:
            closed = {"warning_no": row["earlier_no"], "closed_on": following, "cause": row["closes_earlier"]}
            event["closed"].append(closed)
    return event


def record_issued(county: County, event: dict[str, Any]) -> bool:
    """Add a night's event to the ledger; returns whether it was added.

    A night that is an earlier one worked out again hands nothing out, and one done again with the same outcome has
    handed it out already.
    """
    last = None
    for earlier in read_events(county):
        if earlier["event"] == EVENT:
            last = earlier
    if last and (last["as_of"] > event["as_of"] or _outcome(last) == _outcome(event)):
        return False
    append_events(county, [event])
    return True


def _outcome(event: dict[str, Any]) -> dict[str, Any]:
    return {name: event[name] for name in ("as_of", "known_on", "opened", "reopened", "merged", "closed")}
