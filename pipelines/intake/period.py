"""The period that a file, a title or a sheet's name speaks of."""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass

from expectations.contract import FormContract

_NUMBER_BEFORE = r"(?<![0-9])"
_NUMBER_AFTER = r"(?![0-9])"
_YEAR = r"(?P<y>(?:19|20)[0-9]{2})"
_PATTERNS = (
    ("quarter", re.compile(_NUMBER_BEFORE + _YEAR + r"(?:[-_.]?[Qq](?P<q>[1-4])|年?第?(?P<q2>[1-4一二三四])季度?)")),
    (
        "day",
        re.compile(_NUMBER_BEFORE + _YEAR + r"[-_./年](?P<m>[01]?[0-9])[-_./月](?P<d>[0-3]?[0-9])日?" + _NUMBER_AFTER),
    ),
    ("day", re.compile(_NUMBER_BEFORE + _YEAR + r"(?P<m>[01][0-9])(?P<d>[0-3][0-9])" + _NUMBER_AFTER)),
    ("month", re.compile(_NUMBER_BEFORE + _YEAR + r"(?:[-_./]|年)(?P<m>[01]?[0-9])月?" + _NUMBER_AFTER)),
    ("month", re.compile(_NUMBER_BEFORE + _YEAR + r"(?P<m>[01][0-9])" + _NUMBER_AFTER)),
    ("year", re.compile(_NUMBER_BEFORE + _YEAR + r"年?" + _NUMBER_AFTER)),
)
_QUARTERS = {"1": 1, "2": 2, "3": 3, "4": 4, "一": 1, "二": 2, "三": 3, "四": 4}
_SCHOOL_YEAR = re.compile(r"(?:19|20)[0-9]{2}[-~/—至](?:19|20)[0-9]{2}")


@dataclass(frozen=True)
class Period:
    """A year, quarter, month or day: its text in ISO style and its first and last day (both inclusive)."""

    text: str
    kind: str
    start: datetime.date
    end: datetime.date

    def overlaps(self, other: Period) -> bool:
        """Whether some day belongs to both."""
        return self.start <= other.end and other.start <= self.end


def _span(kind: str, year: int, month: int, day: int) -> Period:
    first = datetime.date(year, month, day)
    if kind == "day":
        return Period(first.isoformat(), kind, first, first)
    if kind == "month":
        return month_period(first)
    last_month = {"year": 12, "quarter": month + 2}[kind]
    last = datetime.date(year, last_month, calendar.monthrange(year, last_month)[1])
    text = f"{year}-Q{(month + 2) // 3}" if kind == "quarter" else str(year)
    return Period(text, kind, first, last)


def month_period(day: datetime.date) -> Period:
    """The month that a day lies in."""
    last = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return Period(f"{day.year}-{day.month:02d}", "month", day.replace(day=1), last)


def _read(kind: str, found: re.Match[str]) -> Period | None:
    parts = found.groupdict()
    quarter = parts.get("q") or parts.get("q2")
    month = 3 * _QUARTERS[quarter] - 2 if quarter else int(parts.get("m") or 1)
    try:
        return _span(kind, int(parts["y"]), month, int(parts.get("d") or 1))
    except ValueError:
        return None


def period_at_start(text: str) -> Period | None:
    """The period that a file name begins with, the finest reading first; None when it begins with none."""
    for kind, pattern in _PATTERNS:
        found = pattern.match(text)
        period = _read(kind, found) if found else None
        if period:
            return period
    return None


def period_inside(text: str) -> Period | None:
    """The first period that a title or sheet name mentions; a school year (2019-2020) is not a period."""
    if _SCHOOL_YEAR.search(text):
        return None
    for kind, pattern in _PATTERNS:
        for found in pattern.finditer(text):
            period = _read(kind, found)
            if period:
                return period
    return None


def as_sent(period: Period, contract: FormContract) -> Period | None:
    """The period of a file of this form: a monthly list named by a day is its month's; by a year, nobody's."""
    if contract.cadence != "monthly":
        return period
    if contract.rows_are == "records":
        return period
    return {"day": month_period(period.start), "month": period}.get(period.kind)
