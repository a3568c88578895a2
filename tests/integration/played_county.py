"""A county played night by night: departments' files come month by month, townships answer their lists, the county's offices
take in, help and let go, and all of it is checked.
"""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from pipelines.county import County
from pipelines.deliver.deferred import EVENT as ORDER
from pipelines.deliver.issued import EVENT, replay
from pipelines.intake.ledger import read_events
from pipelines.night import run_night
from pipelines.risk.visits import EVENT as VISITS
from pipelines.settings import Settings
from pipelines.warehouse.connect import open_published
from pipelines.warehouse.publish import current_folder
from tests.integration.county_account import CountyAccount
from tests.integration.county_office import CountyOffice
from tests.integration.townships import OPENS_WITH, FilledList, Returned, answer_list, mixed_up

_REGISTER = re.compile(r"monitored_register/(\d{4}-\d{2})(?!.*更正)")
_WAITING = """
    SELECT warnings.warning_no, warnings.township_code, warnings.kind FROM fct_warning AS warnings
    LEFT JOIN fct_risk_score AS scores USING (household_no) WHERE warnings.status IN ('待核实', '逾期未核实')
    ORDER BY warnings.due_on, warnings.severity, scores.score DESC NULLS LAST, warnings.household_no
"""
_PROPOSED = """
    SELECT DISTINCT history.household_no, history.rule_ids, place.is_lifted FROM fct_warning_history AS history
    JOIN dim_household AS place USING (household_no) LEFT JOIN fct_register_state AS states USING (household_no)
    WHERE history.verdict = '属实建议纳入' AND coalesce(states.state, '') NOT IN ('监测中', '渐退', '风险消除待审', '逾期停止', '已退出')
        AND (coalesce(states.state, '') <> '返贫' OR history.verified_on > states.since)
    ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Capacity:
    """How many warnings each township of a region (a township, or the county) can verify from one night, between two days."""

    region: str
    most: int
    first: date
    last: date

    def holds(self, township: str, day: date) -> bool:
        """Whether it binds a township's list of a day."""
        return township.startswith(self.region) and self.first <= day <= self.last


class PlayedCounty:
    """A county whose outbox holds what will come; `scratch` is for spilling readers.

    Attributes:
        sent: every township file handed in so far.
        office: the county's offices.
        counts: what happened, for the report.
    """

    def __init__(self, home: Path, scratch: Path, first: date, capacity: Capacity | None = None) -> None:
        """Take over a county folder before the night of `first`; townships may verify only so many for a time.

        What lies in landing is held back, except the sample's own township answers.
        """
        self._capacity = capacity
        if capacity:
            with (home / "policy" / "parameters.csv").open("a", encoding="utf-8") as lines:
                lines.write(
                    f"{capacity.region},warning,township_capacity,{capacity.most},households,{capacity.first},{capacity.last},青政样例\n"
                )
        content = yaml.safe_load((home / "county.yml").read_text(encoding="utf-8"))
        content["papers"] = {"password": OPENS_WITH}
        (home / "county.yml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        self.county = County.open(home)
        self._outbox, self._scratch = home / "outbox", scratch
        self._notes: list[tuple[str, date]] = []
        self._coming: list[tuple[str, date]] = []
        self._post: list[Returned] = []
        self.sent: list[Returned] = []
        self.counts: Counter[str] = Counter()
        self.office = CountyOffice(first)
        self._account = CountyAccount()
        self._open_before: dict[str, int] = {}
        received = self.county.landing / "received.csv"
        if received.exists():
            with received.open(encoding="utf-8") as lines:
                rows = [(row["file"], date.fromisoformat(row["received_on"])) for row in csv.DictReader(lines)]
            self._notes = [(file, day) for file, day in rows if not (self.county.landing / file).exists()]
            self._coming = [
                (file, day)
                for file, day in rows
                if (self.county.landing / file).exists() and not file.startswith("township_feedback/")
            ]
            self.county.landing.rename(self._outbox)
            self.county.landing.mkdir()
        if current_folder(self.county):
            (history,) = self.tables("SELECT township_code FROM fct_warning_history WHERE is_open")
            self._open_before = dict(Counter(history["township_code"]))

    def night(self, as_of: date, known_on: date | None = None) -> None:
        """Hand in what has come by the morning after, run the night, and check it."""
        self._hand_in(as_of + timedelta(days=1))
        run_night(self.county, as_of, known_on or as_of + timedelta(days=1))
        self._check(as_of)
        proposed, ready = self.tables(
            _PROPOSED, "SELECT household_no FROM rpt_dynamic_exit WHERE exit_candidate = 'yes' ORDER BY 1"
        )
        self.office.decide(as_of, proposed, ready["household_no"].to_list())
        self.counts["nights"] += 1

    def townships_answer(self, as_of: date) -> None:
        """What townships do with the lists of the night; it is posted, to come when it comes."""
        folder = current_folder(self.county)
        assert folder
        lists = sorted((folder / "townships").glob("*/*.xlsx"))
        for file in lists:
            self._post += answer_list(file, as_of, self.counts["nights"])
        if len(lists) > 1:
            self._post.append(mixed_up(lists[0], lists[1], as_of))

    def _hand_in(self, day: date) -> None:
        landing = self.county.landing
        for paper in self.office.papers_until(day - timedelta(days=1)):
            self._put(paper.name, paper.content, paper.received)
        for file, received in [entry for entry in self._coming if entry[1] <= day]:
            month = _REGISTER.match(file)
            register = self.office.register_of(month[1], received) if month else None
            if register:
                self._put(register.name, register.content, received)
            (landing / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.move(self._outbox / file, landing / file)
            self._notes.append((file, received))
        self._coming = [entry for entry in self._coming if entry[1] > day]
        for returned in sorted((r for r in self._post if r.received <= day), key=lambda r: r.received):
            self._put(f"township_feedback/{returned.name}", returned.content, returned.received)
            self.sent.append(returned)
        self._post = [returned for returned in self._post if returned.received > day]
        with (landing / "received.csv").open("w", encoding="utf-8", newline="") as lines:
            writer = csv.writer(lines)
            writer.writerow(["file", "received_on", "order"])
            ordered = sorted(self._notes, key=lambda note: note[1])  # in the order handed in within a day
            writer.writerows((file, day.isoformat(), order) for order, (file, day) in enumerate(ordered, start=1))

    def _put(self, file: str, content: bytes, received: date) -> None:
        """Lay a file into landing and note the day."""
        target = self.county.landing / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        self._notes.append((file, received))

    def tables(self, *queries: str) -> list[pl.DataFrame]:
        """The answers of queries over what is published."""
        reader = open_published(self.county.published, Settings.from_environment(), self._scratch / "spill")
        try:
            return [reader.sql(query).pl() for query in queries]
        finally:
            reader.close()

    def _check(self, as_of: date) -> None:
        history, rejected, receipts, waiting, visits = self.tables(
            "SELECT * FROM fct_warning_history",
            "SELECT file, value, reason_code FROM ops_rejected_row WHERE form = 'township_feedback'",
            "SELECT file, rows, loaded, rejected, repeats, refused_code FROM ops_file_receipt",
            _WAITING,
            "SELECT visit_no, township_code FROM fct_risk_visit",
        )
        good = receipts.filter(pl.col("refused_code").is_null())
        assert good.filter(pl.col("rows") != pl.col("loaded") + pl.col("rejected") + pl.col("repeats")).is_empty()
        self._check_feedback(as_of, history, rejected, receipts)
        self._check_events(as_of, history)
        self._check_lists(waiting, visits, as_of)
        self.counts |= self._account.check(self, as_of)

    def _check_feedback(
        self, as_of: date, history: pl.DataFrame, rejected: pl.DataFrame, receipts: pl.DataFrame
    ) -> None:
        """No answer is lost, no spoilt row counts: for every file ever sent."""
        codes = dict(receipts.select("file", "refused_code").iter_rows())
        told: dict[str, set[tuple[Any, ...]]] = {}
        for file, value, code in rejected.iter_rows():
            told.setdefault(file, set()).add((value, code))
        counted: dict[str, tuple[date, str]] = {}
        for returned in self.sent:
            file = f"township_feedback/{returned.name}"
            assert codes[file] == (returned.refused or None), file
            if not returned.refused:
                assert told.get(file, set()) == set(returned.bad.items()), file
            for number, day, verdict in returned.good:
                if day <= as_of:
                    counted[number] = (day, verdict)
        verdicts = {
            number: (day, verdict)
            for number, day, verdict in history.select("warning_no", "verified_on", "verdict").iter_rows()
            if verdict is not None
        }
        known = set(history["warning_no"])
        assert verdicts == {number: answer for number, answer in counted.items() if number in known}
        visits = {
            visit["visit_no"]
            for event in read_events(self.county)
            if event["event"] == VISITS
            for visit in event["visits"]
        }
        assert set(counted) <= known | visits
        self.counts["answers"] = len(counted)
        self.counts["refused rows"] = sum(len(returned.bad) for returned in self.sent)
        self.counts["refused files"] = sum(bool(returned.refused) for returned in self.sent)

    def _check_events(self, as_of: date, history: pl.DataFrame) -> None:
        """The published register of warnings is what the events replay to, and the counts of every township add up."""
        events = [event for event in read_events(self.county) if event["event"] == EVENT]
        assert events[-1]["as_of"] <= as_of.isoformat()
        replayed = (
            replay(events).warnings.select("warning_no", "is_open", "closed_on", "close_cause").sort("warning_no")
        )
        shown = history.select("warning_no", "is_open", "closed_on", "close_cause").sort("warning_no")
        assert shown.equals(replayed)
        tonight = (
            events[-1] if events[-1]["as_of"] == as_of.isoformat() else {"opened": [], "reopened": [], "closed": []}
        )
        place = dict(history.select("warning_no", "township_code").iter_rows())
        change = Counter(place[entry["warning_no"]] for entry in [*tonight["opened"], *tonight["reopened"]])
        change.subtract(place[entry["warning_no"]] for entry in tonight["closed"])
        now = Counter(history.filter("is_open")["township_code"])
        assert {town: now[town] for town in now | change} == {
            town: self._open_before.get(town, 0) + change[town] for town in now | change
        }
        self._open_before = dict(now)
        for kind in ("opened", "reopened", "closed", "merged"):
            self.counts[kind] += len(tonight.get(kind, []))

    def _check_lists(self, waiting: pl.DataFrame, visits: pl.DataFrame, as_of: date) -> None:
        """Every visit is on its township's list, every warning that waits up to its capacity; the order of a cut is on record."""
        folder = current_folder(self.county)
        assert folder
        listed: dict[str, str] = {}
        for file in (folder / "townships").glob("*/*.xlsx"):
            content = file.read_bytes()
            assert content.startswith(b"\xd0\xcf\x11\xe0"), "a county with a password hands out encrypted lists"
            listed |= dict.fromkeys(_numbers(content), file.parent.name.split("-")[0])
        expected, cut = dict(visits.iter_rows()), {}
        for (town,), rows in waiting.partition_by("township_code", as_dict=True, maintain_order=True).items():
            queue = rows.filter(pl.col("kind") == "warning")["warning_no"].to_list()
            most = self._capacity.most if self._capacity and self._capacity.holds(str(town), as_of) else None
            put_off = [] if most is None else queue[most:]
            expected |= dict.fromkeys((n for n in rows["warning_no"] if n not in put_off), town)
            if put_off:
                cut[town] = {"capacity": most, "handed_out": queue[:most], "put_off": put_off}
                self.counts["put off"] += len(put_off)
        assert listed == expected
        orders = [event for event in read_events(self.county) if event["event"] == ORDER]
        assert [event["townships"] for event in orders if event["as_of"] == as_of.isoformat()] == ([cut] if cut else [])


def _numbers(content: bytes) -> list[str]:
    meta = FilledList(content).book["_meta"]
    return [str(row[0]) for row in meta.iter_rows(min_row=2, values_only=True)]
