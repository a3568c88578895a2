"""The county's offices played by a script: they take in whom townships propose, help, review and visit, and let go.

Each day's papers are made when the day is played, as departments would send them: a step of a procedure when it is done, a
notice when it begins and again when it ends, the register of a month with that month's file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from expectations.contract import all_contracts
from tests.integration.townships import chance

_NOTICE = "公开公示"
_STEPS = (
    ("调查发现", 34, 32),
    ("个人申请", 31, 29),
    ("民主评议", 28, 25),
    (_NOTICE, 24, 7),
    ("乡镇审核", 6, 4),
    ("县级审批", 3, 0),
)
_DAYS = 36  # from the night to the county's approval, entering and leaving (LY asks the same six steps of both)
_CAUSES = {
    "medical_burden": "因病", "new_disability": "因残", "dropout": "因学", "disaster_hit": "因灾", "job_lost": "因务工就业不稳",
    "unsafe_home": "住房安全", "unsafe_water": "饮水安全", "only_worker_died": "缺劳动力",
}  # fmt: skip
_MEASURES = (
    (4, "发放临时救助金", "临时救助", 1200, "民政局"),
    (15, "安置公益性岗位", "公益岗位", None, "人社局"),
    (40, "产业到户补助", "产业帮扶", 3000, "农业农村局"),
)
_MARKS = ("food_ok", "schooling_ok", "medical_ok", "housing_ok", "water_ok")


@dataclass(frozen=True)
class Step:
    """One step of a case: first and last day, and what came of it."""

    name: str
    started: date
    ended: date
    outcome: str


@dataclass
class Case:
    """A household being taken in or let go.

    Attributes:
        decided: day of the county's approval; None for one that was refused.
        fault: what is wrong with the procedure: missing_step, out_of_order, short_notice, objection, refused or
            not_approved (on the register all the same); nothing for most.
    """

    household: str
    number: str
    purpose: str
    steps: list[Step]
    decided: date | None
    fault: str = ""


@dataclass
class Watched:
    """A household on the register: since when, why, and until when."""

    household: str
    monitor_class: str
    cause: str
    since: date
    until: date | None = None
    reviews: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Paper:
    """A file that comes to the landing folder, and when."""

    name: str
    content: bytes
    received: date


class CountyOffice:
    """The offices' memory: cases begun and households on the register, after the last day played.

    Attributes:
        cases: every case begun by the office.
        watched: every household it took in, those that left too.
    """

    def __init__(self, today: date) -> None:
        """`today` is the last day before the play."""
        self.cases: list[Case] = []
        self.watched: list[Watched] = []
        self._today = today

    def decide(self, day: date, proposed: pl.DataFrame, ready: list[str]) -> None:
        """After the night of `day`: begin to take in who was verified, and to let go who may leave.

        `proposed`: household_no, rule_ids, is_lifted; `ready`: household numbers that meet every condition of leaving.
        """
        inside = {entry.household for entry in self.watched if entry.until is None}
        busy = {case.household for case in self.cases if any(step.ended > day for step in case.steps)}
        for household, rules, is_lifted in proposed.iter_rows():
            if household not in inside | busy:
                case = self._begin(household, "纳入", day + timedelta(days=_DAYS))
                if case.decided or case.fault == "not_approved":
                    since = case.decided or case.steps[-1].ended
                    kind = "脱贫不稳定户" if is_lifted else "边缘易致贫户"
                    cause = next((_CAUSES[rule] for rule in rules.split(";") if rule in _CAUSES), "其他")
                    self.watched.append(Watched(household, kind, cause, since))
        for household in ready:
            if household not in busy:
                case = self._begin(household, "退出", day + timedelta(days=_DAYS))
                for entry in self.watched:
                    if entry.household == household and case.decided:
                        entry.until = case.decided

    def _begin(self, household: str, purpose: str, decided: date) -> Case:
        """A case whose fault, if any, follows from the household and the day."""
        days = {name: (decided - timedelta(first), decided - timedelta(last)) for name, first, last in _STEPS}
        lot, fault, outcomes = chance(household, purpose, decided), "", dict.fromkeys(days, "通过")
        if lot < 6:
            fault = "missing_step"
            del days["民主评议"]
        elif lot < 12:
            fault, first = "out_of_order", days[_NOTICE][0]
            days["乡镇审核"] = (first + timedelta(2), first + timedelta(4))
        elif lot < 18:
            fault, first = "short_notice", days[_NOTICE][0]
            days[_NOTICE] = (first, first + timedelta(4))
        elif lot < 24:
            fault = "objection"
            outcomes[_NOTICE] = "有异议"
        elif lot < 30:
            fault = "refused"
            outcomes["乡镇审核"] = "不通过"
            del days["县级审批"]
        elif lot < 34 and purpose == "纳入":
            fault = "not_approved"
            del days["县级审批"]
        made = [Step(name, first, last, outcomes[name]) for name, (first, last) in days.items()]
        approved = None if fault in ("refused", "not_approved") else decided
        case = Case(household, f"JB{len(self.cases):05d}", purpose, made, approved, fault)
        self.cases.append(case)
        return case

    def papers_until(self, day: date) -> Iterator[Paper]:
        """Everything written since the last call up to and including `day`, each file on the day after it was written."""
        while self._today < day:
            self._today += timedelta(days=1)
            written = {
                "procedure_event": list(self._procedure()),
                "assistance_measure": list(self._measures()),
                "visit_record": list(self._visits()),
            }
            for form, rows in written.items():
                if rows:
                    yield self._paper(form, f"{self._today:%Y-%m}-县办{self._today.day}", rows)
            yield from self._reviews()

    def register_of(self, month: str, received: date) -> Paper | None:
        """The office's households on the register of a month (2020-03), to come with the month's own file."""
        last = (date.fromisoformat(f"{month}-28") + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        rows = [
            {
                "household_no": entry.household, "monitor_class": entry.monitor_class, "identified_on": entry.since,
                "main_cause": entry.cause, "found_through": "部门筛查预警",
                "eliminated": "是" if entry.until and entry.until <= last else "否",
                "eliminated_on": entry.until if entry.until and entry.until <= last else None,
                "helper": None if chance(entry.household, "helper") < 10 else "陈帮扶", "helper_rank": "科员", "partner": "林结对",
            }
            for entry in self.watched
            if entry.since <= last
        ]  # fmt: skip
        if not rows:
            return None
        paper = self._paper("monitored_register", f"{month}-县办", rows)
        return Paper(paper.name, paper.content, received)

    def _procedure(self) -> Iterator[dict[str, object]]:
        for case in self.cases:
            for step in case.steps:
                row: dict[str, object] = {
                    "household_no": case.household, "case_no": case.number, "purpose": case.purpose, "step": step.name,
                    "started_on": step.started,
                }  # fmt: skip
                if step.ended == self._today:
                    yield row | {"ended_on": step.ended, "outcome": step.outcome}
                elif step.name == _NOTICE and step.started == self._today:
                    yield row

    def _inside(self) -> list[Watched]:
        return [e for e in self.watched if e.since < self._today and (e.until is None or e.until >= self._today)]

    def _measures(self) -> Iterator[dict[str, object]]:
        for entry in self._inside():
            for after, measure, kind, amount, department in _MEASURES:
                if entry.since + timedelta(after) == self._today and chance(entry.household, measure) < 60:
                    yield {
                        "household_no": entry.household, "measure": measure, "kind": kind, "started_on": self._today,
                        "amount": amount, "department": department,
                    }  # fmt: skip

    def _visits(self) -> Iterator[dict[str, object]]:
        for entry in self._inside():
            if self._today.day == 6 + chance(entry.household, "visit") % 16:
                marks = dict.fromkeys(_MARKS, "是")
                if chance(entry.household, self._today) < 4:
                    marks["water_ok"] = "否"
                yield {"household_no": entry.household, "visited_on": self._today, "visitor": "陈帮扶"} | marks

    def _reviews(self) -> Iterator[Paper]:
        """A quarter's review papers: most on the 20th of its last month, some weeks after it is over, some never."""
        rows: dict[str, list[dict[str, object]]] = {}
        for entry in self._inside():
            over = self._today - timedelta(days=40)
            for asked, is_late in ((self._today, False), (over, True)):
                quarter = f"{asked.year}-Q{(asked.month + 2) // 3}"
                first = date(asked.year, (asked.month - 1) // 3 * 3 + 1, 1)
                lot = chance(entry.household, quarter)
                if asked.month % 3 or asked.day != 20 or entry.since >= first or lot < 6 or (lot < 16) != is_late:
                    continue
                row: dict[str, object] = {
                    "household_no": entry.household,
                    "quarter": quarter,
                    "submitted_on": self._today,
                }
                rows.setdefault(quarter, []).append(row | {"complete": "否" if lot > 94 else "是"})
                entry.reviews[quarter] = "late" if is_late else "in time"
        for quarter, found in rows.items():
            yield self._paper("review_material", f"{quarter}-县办{self._today:%m%d}", found)

    def _paper(self, form: str, stem: str, rows: list[dict[str, object]]) -> Paper:
        columns = [column for column in all_contracts()[form].columns if any(column.id in row for row in rows)]
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(column.header for column in columns)
        writer.writerows([row.get(column.id) for column in columns] for row in rows)
        return Paper(f"{form}/{stem}.csv", text.getvalue().encode("utf-8-sig"), self._today + timedelta(days=1))
