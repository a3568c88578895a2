"""The books of a played county, worked out a second way each night from cases, events and answers, and held against the reports."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.deliver.issued import EVENT
from pipelines.intake.ledger import read_events

if TYPE_CHECKING:
    from tests.integration.played_county import PlayedCounty

_CALENDAR = Path(__file__).parents[2] / "dbt_project" / "seeds" / "policy" / "working_day.csv"
_SILENT_DAYS, _WORKING_DAYS = 90, 5
_SILENCING = ("不属实", "属实暂不符合")


def _spells(
    decisions: list[tuple[date, str]], identified: date, *, is_inside: bool
) -> Iterator[tuple[date, date | None]]:
    """First and last day of each time on the register; who left without a case on file is left out."""
    entered = "纳入" in {purpose for _, purpose in decisions}
    opened = (date.min if decisions[0][1] == "退出" else None) if entered else identified
    for day, purpose in decisions:
        if purpose == "纳入":
            opened = opened or day
        elif opened:
            yield opened, day
            opened = None
    if opened and is_inside:
        yield opened, None


_FAULTS = """
    SELECT rule_id, basis, count(*) AS found FROM fct_finding
    WHERE rule_id IN ('conflict_ly_procedure', 'conflict_tr_steps', 'deadline_ly_notice', 'deadline_ly_quarter', 'exit_ly_lapse')
    GROUP BY ALL
"""


class CountyAccount:
    """Checks of one county, night after night."""

    def __init__(self) -> None:
        with _CALENDAR.open(encoding="utf-8") as lines:
            self._working = [
                date.fromisoformat(r["day"]) for r in csv.DictReader(lines) if r["is_working_day"] == "true"
            ]

    def check(self, county: PlayedCounty, as_of: date) -> Counter[str]:
        """Hold every count of the night against one worked out here; returns what was seen."""
        seen = self._register(county, as_of)
        seen += self._warnings(county, as_of)
        seen += self._precision(county)
        (faults,) = county.tables(_FAULTS)
        return seen + Counter({f"{rule} {basis}": number for rule, basis, number in faults.iter_rows()})

    def _register(self, county: PlayedCounty, as_of: date) -> Counter[str]:
        """Opening + found - closed = open, for every period, region and class, from the register and the county's approvals."""
        lives, cases, flow, states = county.tables(
            "SELECT * FROM fct_monitored_household",
            "SELECT household_no, purpose, step, coalesce(ended_on, started_on) AS day, outcome FROM fct_case",
            "SELECT * FROM rpt_register_flow",
            "SELECT state, count(*) AS n FROM fct_register_state GROUP BY 1",
        )
        entries = {row["household_no"] for row in cases.iter_rows(named=True) if row["purpose"] == "纳入"}
        approved: dict[str, list[tuple[date, str]]] = {}
        for row in cases.iter_rows(named=True):
            if row["step"] == "县级审批" and row["outcome"] == "通过" and row["day"] <= as_of:
                approved.setdefault(row["household_no"], []).append((row["day"], row["purpose"]))
        expected: dict[tuple[str, str, str], list[int]] = {}
        month = as_of.replace(day=1)
        last_month_end = month - timedelta(days=1)
        periods = {
            "month": (month, as_of), "last_month": (last_month_end.replace(day=1), last_month_end),
            "quarter": (as_of.replace(month=(as_of.month - 1) // 3 * 3 + 1, day=1), as_of),
            "year": (as_of.replace(month=1, day=1), as_of),
        }  # fmt: skip
        for life in lives.iter_rows(named=True):
            decisions = sorted(approved.get(life["household_no"], []))
            if life["household_no"] in entries and "纳入" not in {purpose for _, purpose in decisions}:
                assert not life["is_monitored"], "a household not approved is not monitored"
                continue
            place = (
                ("county", "359921"), ("township", life["township_code"]), ("village", life["region_code"]),
                ("class", life["monitor_class"] or "未填写"),
            )  # fmt: skip
            for opened, closed in _spells(decisions, life["identified_on"], is_inside=life["is_monitored"]):
                for period, (first, last) in periods.items():
                    was_inside = opened < first and (closed is None or closed >= first)
                    is_inside = opened <= last and (closed is None or closed > last)
                    counts = (
                        was_inside,
                        first <= opened <= last,
                        closed is not None and first <= closed <= last,
                        is_inside,
                    )
                    for dimension, value in place:
                        known = expected.setdefault((period, dimension, value), [0, 0, 0, 0])
                        known[:] = [total + more for total, more in zip(known, counts, strict=True)]
        for row in flow.iter_rows(named=True):
            key = row["period"], row["dimension"], row["value"]
            shown = [row[name] for name in ("opening", "found", "closed", "open_now")]
            assert shown[0] + shown[1] - shown[2] == shown[3], key
            assert shown == expected.get(key, [0, 0, 0, 0]), (as_of, key, shown, expected.get(key))
        assert set(expected) <= set(flow.select("period", "dimension", "value").iter_rows())
        return Counter({f"state {state}": number for state, number in states.iter_rows()})

    def _warnings(self, county: PlayedCounty, as_of: date) -> Counter[str]:
        """Due days, days overdue, silence, and the township's daily figures."""
        warnings, reasons, daily = county.tables(
            "SELECT * FROM fct_warning", "SELECT household_no, rule_id, evidence FROM fct_warning_reason",
            "SELECT township_code, in_hand, waiting, overdue, verified, silent FROM rpt_daily_warnings",
        )  # fmt: skip
        told = Counter[tuple[str, str]]()
        seen = Counter[str]()
        for row in warnings.iter_rows(named=True):
            status, town = row["status"], row["township_code"]
            told[
                town,
                {"待核实": "waiting", "逾期未核实": "overdue", "已核实": "verified", "静默": "silent"}.get(
                    status, "closed"
                ),
            ] += 1
            told[town, "in_hand"] += status != "已关闭"
            is_overdue = status in ("待核实", "逾期未核实") and row["due_on"] < as_of
            assert row["overdue_days"] == ((as_of - row["due_on"]).days if is_overdue else None), row["warning_no"]
            assert (status == "逾期未核实") == is_overdue
            seen["overdue"] += is_overdue
            seen["silent"] += status == "静默"
            seen["change notices"] += row["kind"] == "change_notice" and status != "已关闭"
        for row in daily.iter_rows(named=True):
            assert all(row[name] == told[row["township_code"], name] for name in daily.columns[1:]), row
        self._events(
            county,
            as_of,
            {
                key: list(part["evidence"])
                for (key,), part in reasons.partition_by("household_no", as_dict=True).items()
            },
        )
        return seen

    def _events(self, county: PlayedCounty, as_of: date, evidence: dict[str, list[str]]) -> None:
        """What tonight hands out is due on the fifth working day, and breaks no silence without a new reason."""
        events = [event for event in read_events(county.county) if event["event"] == EVENT]
        (verdicts,) = county.tables("SELECT warning_no, household_no, verdict, verified_on FROM fct_warning_history")
        answers = {row["warning_no"]: row for row in verdicts.iter_rows(named=True)}
        if events[-1]["as_of"] != as_of.isoformat():
            return
        rules: dict[str, set[str]] = {}
        newest: dict[str, str] = {}
        for event in events[:-1]:
            for entry in [*event["opened"], *event["reopened"], *event["merged"]]:
                rules.setdefault(entry["warning_no"], set()).update(entry["rule_ids"].split(";"))
            newest |= {entry["household_no"]: entry["warning_no"] for entry in event["opened"]}
        for entry in [*events[-1]["opened"], *events[-1]["reopened"]]:
            issued = as_of + timedelta(days=1)
            assert entry["due_on"] == [day for day in self._working if day > issued][_WORKING_DAYS - 1].isoformat()
        for entry in events[-1]["opened"]:
            before = answers.get(newest.get(entry["household_no"], ""))
            if before and before["verdict"] in _SILENCING and before["verified_on"] + timedelta(_SILENT_DAYS) >= as_of:
                is_new = bool(set(entry["rule_ids"].split(";")) - rules[before["warning_no"]])
                happened = [
                    text[:10] for text in evidence[entry["household_no"]] if re.match(r"\d{4}-\d\d-\d\d ", text)
                ]
                assert is_new or any(day > before["verified_on"].isoformat() for day in happened), entry

    def _precision(self, county: PlayedCounty) -> Counter[str]:
        """Share found true of each rule, from the events and the answers that counted."""
        precision, verdicts = county.tables(
            "SELECT * FROM rpt_rule_precision", "SELECT warning_no, verdict FROM fct_warning_history"
        )
        answer = dict(verdicts.iter_rows())
        rules: set[tuple[str, str]] = set(self._told(county))
        for row in precision.iter_rows(named=True):
            numbers = [number for number, rule in rules if rule == row["rule_id"]]
            verified = [answer[number] for number in numbers if answer[number]]
            true = sum(verdict.startswith("属实") for verdict in verified)
            shown = row["handed_out"], row["verified"], row["found_true"]
            assert shown == (len(numbers), len(verified), true), row
            assert (row["precision_percent"] is None) == (not verified)
            if verified:
                assert abs(float(row["precision_percent"]) - 100 * true / len(verified)) < 0.006
        return Counter()

    @staticmethod
    def _told(county: PlayedCounty) -> Iterator[tuple[str, str]]:
        """Number and rule of everything handed out before tonight."""
        events: list[dict[str, Any]] = [event for event in read_events(county.county) if event["event"] == EVENT]
        (day,) = county.tables("SELECT max(as_of) AS day FROM fct_warning")
        for event in events:
            if event["as_of"] < day["day"][0].isoformat():
                for entry in [*event["opened"], *event["reopened"], *event["merged"]]:
                    yield from ((entry["warning_no"], rule) for rule in entry["rule_ids"].split(";"))
