"""Months as whole numbers (year x 12 + month - 1), and the steps the county lives through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from pipelines.sample_county.streams import Days, Ints

NEVER = 10_000


def month_number(day: date) -> int:
    """The month of a day as a whole number."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    """First day of a month."""
    return date(month // 12, month % 12 + 1, 1)


def last_day(month: int) -> date:
    """Last day of a month."""
    return first_day(month + 1) - timedelta(days=1)


def month_label(month: int) -> str:
    """A month as files are named: 2024-03."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def quarter_label(month: int) -> str:
    """The quarter of a month as files are named: 2024-Q1."""
    return f"{month // 12:04d}-Q{month % 12 // 3 + 1}"


def days_of(months: Ints | int, day: Ints | int) -> Days:
    """Days from month numbers and days of the month (1-28)."""
    starts = (np.asarray(months) - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]")
    return np.asarray(starts + (np.asarray(day) - 1).astype("timedelta64[D]"))


def months_of(days: Days) -> Ints:
    """Month numbers of days."""
    return days.astype("datetime64[M]").astype(np.int64) + 1970 * 12


@dataclass(frozen=True)
class Timeline:
    """The county's life in steps of one month.

    Attributes:
        first: month number of the first month that departments report.
        months: how many months they report.
        burn_in: months lived before, so that the first reported month is an ordinary one.
        ahead: months lived after, known to the truth table only.
    """

    first: int
    months: int
    burn_in: int = 36
    ahead: int = 12

    @staticmethod
    def until(as_of: date, months: int) -> Timeline:
        """The timeline whose last reported month is the last one over on `as_of`."""
        last = month_number(as_of + timedelta(days=1)) - 1
        return Timeline(first=last - months + 1, months=months)

    @property
    def start(self) -> int:
        """Month number of step 0."""
        return self.first - self.burn_in

    @property
    def steps(self) -> int:
        """All steps lived."""
        return self.burn_in + self.months + self.ahead

    @property
    def last(self) -> int:
        """Month number of the last reported month."""
        return self.first + self.months - 1

    @property
    def reported(self) -> range:
        """Month numbers that departments report."""
        return range(self.first, self.last + 1)

    @property
    def drought(self) -> range:
        """Month numbers of the drought year (crops of one farming year, inside the reported span)."""
        start = self.first + self.months // 3
        return range(start, start + 12)

    @property
    def policy_break(self) -> int:
        """Month number from which recognition is wider and dibao rules are looser."""
        return self.first + (self.months * 3) // 5

    def step(self, month: int) -> int:
        """The step of a month."""
        return month - self.start

    def month(self, step: int) -> int:
        """The month of a step."""
        return self.start + step
