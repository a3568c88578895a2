"""What one cell of a received file says: how its text is cleaned, and what each contract type reads from it.

Every reader takes a cell (its text and the kind of cell it stood in) and gives `(value, "")`, `(None, "")` for a
blank, or `(None, code)` for a cell that cannot be read as the type; codes are those of `pipelines/intake/reasons.py`.
The readers are the definition of the types; `column.py` has faster ways for the plain forms that must agree with them.
"""

from __future__ import annotations

import datetime
import math
import re
import unicodedata
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any

from expectations.contract import Column
from pipelines.intake.resident_id import canonical_id

# Kinds of cells. Text files have TEXT only.
TEXT, NUMBER, DATE, FLAG, ERROR, CLOCK = range(6)

Parsed = tuple[Any, str]
BLANK: Parsed = (None, "")
EXACT_NUMBERS_BELOW = 10**15  # a spreadsheet keeps 15 digits of a number
_DIGITS_BELOW = 1e21

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]+")
_WRAPPED = re.compile(r'="([^"]*)"')
_SPACES = re.compile(r"\s+")
_SCIENTIFIC = re.compile(r"[+-]?[0-9](\.[0-9]+)?E[+]?[0-9]+", re.IGNORECASE)


def clean(text: str) -> str:
    """Text as meant: NFKC, without invisible characters, `="..."` and leading-apostrophe tricks, trimmed."""
    text = unicodedata.normalize("NFKC", text)
    text = _CONTROL.sub(" ", _INVISIBLE.sub("", text)).strip()
    wrapped = _WRAPPED.fullmatch(text)
    if wrapped:
        text = wrapped.group(1).strip()
    return text.removeprefix("'").strip()


def compact(text: str) -> str:
    """Cleaned text without any white space."""
    return _SPACES.sub("", clean(text))


def number_text(number: float) -> str:
    """A number cell as text: whole numbers as all their digits, others shortest that reads back the same."""
    if math.isfinite(number) and abs(number) < _DIGITS_BELOW and number == int(number):
        return str(int(number))
    return repr(float(number))


def read_text(text: str, kind: int, *, identifies: bool) -> Parsed:
    """Free text; in a column that identifies rows a number beyond 15 digits is ruined."""
    if kind == ERROR:
        return None, "bad_cell"
    text = clean(text)
    if identifies and (
        (kind == NUMBER and abs(float(text)) >= EXACT_NUMBERS_BELOW) or (kind == TEXT and _SCIENTIFIC.fullmatch(text))
    ):
        return None, "ruined_number"
    return text or None, ""


def read_id(text: str, kind: int) -> Parsed:
    """A resident number, canonical. A number cell of more than 15 digits is ruined whatever its checksum."""
    text = compact(text).upper()
    if not text:
        return BLANK
    if kind == TEXT or (kind == NUMBER and len(text) == 15):
        value = canonical_id(text)
        return (value, "") if value else (None, "bad_id")
    return None, "bad_id"


def read_place(text: str, kind: int) -> Parsed:
    """A twelve-digit statistical region code."""
    text = compact(text)
    if not text:
        return BLANK
    if kind not in (TEXT, NUMBER) or not re.fullmatch(r"[1-9][0-9]{11}", text):
        return None, "bad_code"
    return text, ""


def read_region(text: str, kind: int) -> Parsed:
    """A region of any level, padding cut: 350000 -> 35, 350100000000 -> 3501, zeros alone -> the nation "0"."""
    text = compact(text)
    if not text:
        return BLANK
    if kind not in (TEXT, NUMBER) or not re.fullmatch(r"[0-9]+", text):
        return None, "bad_code"
    if not text.strip("0"):
        return "0", ""
    if len(text) not in (2, 4, 6, 9, 12) or text[0] == "0":
        return None, "bad_code"
    lengths = [length for length in (2, 4, 6, 9, 12) if length <= len(text) and not text[length:].strip("0")]
    return text[: lengths[0]], ""


_PLAIN_NUMBER = re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]*)?|[+-]?\.[0-9]+")
_MONEY = re.compile(r"(?:RMB|CNY|人民币)?[¥]?(?P<number>[()+\-0-9.,]+?)(?P<unit>元整?|万元?整?|亿元?)?", re.IGNORECASE)
_YUAN = {"元": 1, "万元": 10_000, "亿元": 100_000_000}
_AMOUNT_LIMIT = Decimal(10) ** 12


def _decimal(text: str, kind: int) -> Decimal | None:
    """The exact number of a plain notation, None when it is none (or a number cell beyond sense)."""
    if kind == NUMBER:
        number = Decimal(text)
        return number if number.is_finite() else None
    if not _PLAIN_NUMBER.fullmatch(text):
        return None
    return Decimal(text.replace(",", ""))


def read_money(text: str, kind: int, *, unit: str) -> Parsed:
    """Money in whole fen, rounded half away from zero; a unit in the cell goes before the column's."""
    text = compact(text)
    if not text:
        return BLANK
    if kind not in (TEXT, NUMBER):
        return None, "bad_number"
    number_part, factor = text.replace("￥", "¥"), _YUAN[unit]
    if kind == TEXT:
        found = _MONEY.fullmatch(number_part)
        if not found:
            return None, "bad_number"
        number_part = found["number"]
        if found["unit"]:
            factor = _YUAN[found["unit"].rstrip("元整") + "元"]
        if number_part.startswith("(") and number_part.endswith(")"):
            number_part = "-" + number_part[1:-1]
    number = _decimal(number_part, kind)
    if number is None or abs(number) >= _AMOUNT_LIMIT:
        return None, "bad_number"
    fen = (number * factor * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return (None, "negative_amount") if fen < 0 else (int(fen), "")


def read_number(text: str, kind: int, *, unit: str) -> Parsed:
    """A number with two decimals, rounded half away from zero; its own unit may follow it."""
    text = compact(text)
    if not text:
        return BLANK
    if kind not in (TEXT, NUMBER):
        return None, "bad_number"
    for spelling in (unit, compact(unit), "m2", "平方米", "平米"):
        if kind == TEXT and spelling:
            text = text.removesuffix(spelling)
    number = _decimal(text, kind)
    if number is None or abs(number) >= _AMOUNT_LIMIT:
        return None, "bad_number"
    return number.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP), ""


_YEARS = (1900, 2100)
_DAY = re.compile(
    r"(?P<y>[0-9]{4})(?:[-/.](?P<m>[0-9]{1,2})[-/.](?P<d>[0-9]{1,2})|年(?P<m2>[0-9]{1,2})月(?P<d2>[0-9]{1,2})[日号]?)"
)
_DIGIT_DAY = re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})")
_MONTH = re.compile(
    r"(?P<y>[0-9]{4})(?:[-/](?P<m>[0-9]{1,2})|[.](?P<m4>[0-9]{2})|年(?P<m2>[0-9]{1,2})月份?|(?P<m3>[0-9]{2}))"
)
_YEAR = re.compile(r"(?P<y>[0-9]{4})年?")
_SERIAL = re.compile(r"(?P<days>[0-9]{5})(?P<fraction>\.[0-9]+)?")
_CLOCK = re.compile(r"(?P<h>[0-9]{1,2})[:时](?P<mi>[0-9]{1,2})(?:分?|[:分](?P<s>[0-9]{1,2})(?:\.[0-9]+)?秒?)")
_DIGIT_CLOCK = re.compile(r"(?P<h>[0-9]{2})(?P<mi>[0-9]{2})(?P<s>[0-9]{2})?")
_SERIAL_EPOCH = datetime.date(1899, 12, 30)
SERIAL_DAYS = (10_000, 75_000)  # 1927 to 2105: wider than any record, narrower than yyyymm


def _day(year: str, month: str, day: str) -> datetime.date | None:
    try:
        found = datetime.date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if _YEARS[0] <= found.year < _YEARS[1] else None


def _first(found: re.Match[str], *names: str) -> str:
    return next(value for name in names if (value := found.groupdict().get(name)))


def _calendar_day(text: str) -> datetime.date | None:
    """A day in any of the written forms or as a spreadsheet's serial number."""
    found = _DAY.fullmatch(text)
    if found:
        return _day(found["y"], _first(found, "m", "m2"), _first(found, "d", "d2"))
    found = _DIGIT_DAY.fullmatch(text)
    if found:
        return _day(found["y"], found["m"], found["d"])
    found = _SERIAL.fullmatch(text)
    if found and SERIAL_DAYS[0] <= int(found["days"]) < SERIAL_DAYS[1]:
        return _SERIAL_EPOCH + datetime.timedelta(days=int(found["days"]))
    return None


def _clock(text: str) -> datetime.time | None:
    found = _CLOCK.fullmatch(text) or _DIGIT_CLOCK.fullmatch(text)
    if not found:
        return None
    try:
        return datetime.time(int(found["h"]), int(found["mi"]), int(found.groupdict().get("s") or 0))
    except ValueError:
        return None


def _moment(text: str) -> datetime.datetime | None:
    """A day, with or without a time of day after a space, a T, or straight after 日."""
    text = text.replace("T", " ").strip()
    serial = _SERIAL.fullmatch(text)
    day = _calendar_day(text)
    if day is not None:
        seconds = round(float(serial["fraction"]) * 86_400) if serial and serial["fraction"] else 0
        return datetime.datetime.combine(day, datetime.time()) + datetime.timedelta(seconds=seconds)
    for separator in (" ", "日"):
        head, found, tail = text.partition(separator)
        day, clock = _calendar_day(head + ("日" if separator == "日" else "")), _clock(tail.strip())
        if found and day is not None and clock is not None:
            return datetime.datetime.combine(day, clock)
    if re.fullmatch(r"[0-9]{14}|[0-9]{12}", text):
        day, clock = _calendar_day(text[:8]), _clock(text[8:])
        if day is not None and clock is not None:
            return datetime.datetime.combine(day, clock)
    return None


def _month(text: str) -> datetime.date | None:
    found = _MONTH.fullmatch(text)
    return _day(found["y"], _first(found, "m", "m2", "m3", "m4"), "1") if found else None


def read_date(text: str, kind: int, *, month_will_do: bool) -> Parsed:
    """A day. A bare year is its 31 December; a bare month its first day, only under a header that asks for a month."""
    text = clean(text)
    if not text:
        return BLANK
    if kind not in (TEXT, NUMBER, DATE):
        return None, "bad_date"
    year = _YEAR.fullmatch(compact(text))
    if year:
        day = _day(year["y"], "12", "31")
    else:
        moment = _moment(text)
        day = moment.date() if moment else _calendar_day(compact(text))
        if day is None and month_will_do:
            day = _month(compact(text))
    return (day, "") if day else (None, "bad_date")


def read_month(text: str, kind: int) -> Parsed:
    """The first day of a month, from a written month or any day in it."""
    text = clean(text)
    if not text:
        return BLANK
    if kind not in (TEXT, NUMBER, DATE):
        return None, "bad_date"
    day = _month(compact(text)) if kind != NUMBER or text.isdigit() else None
    if day is None:
        moment = _moment(text)
        day = moment.date() if moment else _calendar_day(compact(text))
    return (day.replace(day=1), "") if day else (None, "bad_date")


_QUARTER = re.compile(r"(?P<y>[0-9]{4})(?:-?Q(?P<q>[1-4])|年?第?(?P<q2>[1-4一二三四])季度?)", re.IGNORECASE)
_TERM = re.compile(
    r"(?P<a>[0-9]{4})[-~/—至](?P<b>[0-9]{4})(?:学年)?度?(?:-(?P<n>[12])|第?(?P<n2>[12一二])学期|(?P<n3>[上下秋春])(?:季)?学期)"
)
_SEASON = re.compile(r"(?P<y>[0-9]{4})年?(?P<n>[秋春])季?学期?")
_ORDINAL = {"1": 1, "2": 2, "3": 3, "4": 4, "一": 1, "二": 2, "三": 3, "四": 4, "上": 1, "下": 2, "秋": 1, "春": 2}
_AUTUMN_MONTH, _SPRING_MONTH = 9, 3


def read_quarter(text: str, kind: int) -> Parsed:
    """The first day of a quarter."""
    text = compact(text)
    if not text:
        return BLANK
    found = _QUARTER.fullmatch(text) if kind == TEXT else None
    if not found:
        return None, "bad_date"
    day = _day(found["y"], str(3 * _ORDINAL[_first(found, "q", "q2")] - 2), "1")
    return (day, "") if day else (None, "bad_date")


def read_term(text: str, kind: int) -> Parsed:
    """The first day of a school term: 1 September (autumn, the first) or 1 March (spring, the second)."""
    text = compact(text)
    if not text:
        return BLANK
    found = _TERM.fullmatch(text) if kind == TEXT else None
    day = None
    if found and int(found["b"]) == int(found["a"]) + 1:
        autumn = _ORDINAL[_first(found, "n", "n2", "n3")] == 1
        day = _day(found["a"], str(_AUTUMN_MONTH), "1") if autumn else _day(found["b"], str(_SPRING_MONTH), "1")
    found = _SEASON.fullmatch(text) if kind == TEXT else None
    if found:
        day = _day(found["y"], str(_AUTUMN_MONTH if found["n"] == "秋" else _SPRING_MONTH), "1")
    return (day, "") if day else (None, "bad_date")


def read_datetime(text: str, kind: int) -> Parsed:
    """A day with its time of day (midnight when none is written)."""
    text = clean(text)
    if not text:
        return BLANK
    moment = (_moment(text) or _moment(compact(text))) if kind in (TEXT, NUMBER, DATE) else None
    return (moment, "") if moment else (None, "bad_date")


def read_enum(text: str, kind: int, *, synonyms: dict[str, str]) -> Parsed:
    """The canonical value of one of an enum's spellings; `synonyms` is keyed by compact upper-case text."""
    text = compact(text).upper()
    if not text:
        return BLANK
    value = synonyms.get(text) if kind in (TEXT, NUMBER) else None
    return (value, "") if value else (None, "bad_enum")


_FLAGS = dict.fromkeys(("是", "有", "Y", "YES", "1", "√", "✓", "✔", "☑", "TRUE"), True) | dict.fromkeys(
    ("否", "无", "N", "NO", "0", "×", "✗", "✘", "FALSE"), False
)


def read_flag(text: str, kind: int) -> Parsed:
    """Yes or no; blank means not stated."""
    text = compact(text).upper()
    if not text:
        return BLANK
    value = _FLAGS.get(text) if kind in (TEXT, NUMBER, FLAG) else None
    return (None, "bad_enum") if value is None else (value, "")


def reader_of(
    column: Column, *, identifies: bool = False, header: str = "", unit: str = ""
) -> Callable[[str, int], Parsed]:
    """The reader of one column of a contract, as the file at hand shows it.

    `header` is the header found in the file, `unit` a money unit that it names. The reader rejects error cells.
    """
    month_will_do = "月" in header and "日" not in header
    readers: dict[str, Callable[[str, int], Parsed]] = {
        "text": partial(read_text, identifies=identifies),
        "id18": read_id,
        "code12": read_place,
        "region": read_region,
        "money": partial(read_money, unit=unit or column.unit or "元"),
        "number": partial(read_number, unit=column.unit),
        "date": partial(read_date, month_will_do=month_will_do),
        "month": read_month,
        "quarter": read_quarter,
        "term": read_term,
        "datetime": read_datetime,
        "enum": partial(read_enum, synonyms={compact(s).upper(): value for s, value in column.synonyms.items()}),
        "flag": read_flag,
    }
    read = readers[column.type]

    def checked(text: str, kind: int) -> Parsed:
        return (None, "bad_cell") if kind == ERROR else read(text, kind)

    return checked
