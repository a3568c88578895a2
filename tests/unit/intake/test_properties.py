"""Whatever a department means, written in any of its habits, is read back as meant or rejected: never as something else.

SHOUWANG_FULL=1 asks for ten times the examples.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import random
from collections.abc import Iterator
from unittest.mock import patch

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.contract import Column, all_contracts
from pipelines.intake import column as column_reading
from pipelines.intake import form_rows, text_file
from pipelines.intake.cell import NUMBER, TEXT, number_text, reader_of
from pipelines.intake.column import read_column
from pipelines.intake.grid import GridColumn
from pipelines.intake.read_file import read_file
from pipelines.intake.resident_id import check_character
from pipelines.settings import Settings

KEY = bytes(32)
_TIMES = 10 if Settings.from_environment().full_faults else 1


@contextlib.contextmanager
def _as_if_long() -> Iterator[None]:
    """Read what is short in the way of long tables."""
    with patch.object(column_reading, "SHORT", 0), patch.object(form_rows, "SHORT", 0):
        yield


def _person(seed: int) -> str:
    first = f"350181{1935 + seed % 80}{1 + seed % 12:02d}{1 + seed % 28:02d}{seed % 1000:03d}"
    return first + check_character(first)


# What is meant, and the ways to write it: (chance, value) -> a str, or a float for a number cell.
def _write_day(chance: random.Random, day: datetime.date) -> str:
    forms = (
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        str((day - datetime.date(1899, 12, 30)).days),
    )
    return chance.choice(forms)


def _write_money(chance: random.Random, fen: int, unit: str) -> str | float:
    yuan = fen / 100 if unit == "元" else fen / 1_000_000
    digits = 2 if unit == "元" else 6
    forms = (
        yuan,
        f"{yuan:.{digits}f}",
        f"{yuan:,.{digits}f}",
        f"{yuan:.{digits}f}{unit}",
        f"￥{yuan:.{digits}f}" if unit == "元" else yuan,
    )
    return chance.choice(forms)


def _write_id(chance: random.Random, number: str) -> str:
    wide = number.translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ"))
    forms = [number, number.lower(), f"{number[:6]} {number[6:14]} {number[14:]}", wide, f" {number}", f"'{number}"]
    if number[6:8] == "19":
        forms.append(number[:6] + number[8:17])
    return chance.choice(forms)


def _meant(column: Column, chance: random.Random, seed: int) -> tuple[object, str | float]:  # noqa: PLR0911
    """A value of a column's type and one way of writing it."""
    day = datetime.date(2000, 1, 1) + datetime.timedelta(days=chance.randrange(9000))
    if column.type == "id18":
        number = _person(seed)
        return number, _write_id(chance, number)
    if column.type == "date":
        return day, _write_day(chance, day)
    if column.type == "month":
        forms = (f"{day:%Y-%m}", f"{day.year}年{day.month}月", f"{day:%Y%m}", float(f"{day:%Y%m}"), day.isoformat())
        return day.replace(day=1), chance.choice(forms)
    if column.type == "quarter":
        quarter = (day.month + 2) // 3
        word = "一二三四"[quarter - 1]
        forms = (
            f"{day.year}-Q{quarter}",
            f"{day.year}Q{quarter}",
            f"{day.year}年第{word}季度",
            f"{day.year}年{quarter}季度",
        )
        return datetime.date(day.year, 3 * quarter - 2, 1), chance.choice(forms)
    if column.type == "term":
        first = chance.random() < 0.5
        forms = (
            f"{day.year}-{day.year + 1}学年第{'一' if first else '二'}学期",
            f"{day.year}-{day.year + 1}-{1 if first else 2}",
            f"{day.year}年秋季学期" if first else f"{day.year + 1}年春季学期",
        )
        return (datetime.date(day.year, 9, 1) if first else datetime.date(day.year + 1, 3, 1)), chance.choice(forms)
    if column.type == "datetime":
        moment = datetime.datetime.combine(day, datetime.time(chance.randrange(24), chance.randrange(60)))
        return moment, chance.choice(
            (f"{moment:%Y-%m-%d %H:%M}", f"{day.year}/{day.month}/{day.day} {moment:%H:%M:%S}")
        )
    if column.type == "money":
        fen = chance.randrange(0, 100_000_000)
        return fen, _write_money(chance, fen, column.unit)
    if column.type == "number":
        hundredths = chance.randrange(0, 100_000)
        return hundredths / 100, chance.choice(
            (hundredths / 100, f"{hundredths / 100:.2f}", f"{hundredths / 100:.2f}㎡")
        )
    if column.type == "enum":
        value, others = chance.choice(column.values)
        return value, chance.choice((value, *others, f" {value} "))
    if column.type == "flag":
        meant = chance.choice((True, False, None))
        return meant, chance.choice(
            {True: ("是", "有", "Y", "1", "√"), False: ("否", "无", "N", "0"), None: ("", " ")}[meant]
        )
    if column.type == "code12":
        return "350181001001", chance.choice(("350181001001", 350181001001.0, "350181 001001"))
    if column.type == "region":
        return "35", chance.choice(("35", "350000", 350000.0, "350000000000"))
    text = f"文{seed}甲"
    return text, chance.choice((text, f" {text}", f"{text}\u3000"))


def _habits(
    chance: random.Random, headers: list[str], rows: list[list[str | float]], label: str
) -> list[list[str | float]]:
    """Titles above, a total below, extra columns, blank lines, headers with spaces: none may change what is read."""
    if chance.random() < 0.5:
        headers = [header[:1] + " " + header[1:] if chance.random() < 0.3 else header for header in headers]
    if chance.random() < 0.5:
        headers, rows = ["序号", *headers, "备注"], [[float(n), *row, ""] for n, row in enumerate(rows, start=1)]
    lines: list[list[str | float]] = [list(headers), *rows]
    if chance.random() < 0.5:
        lines = [[f"某县{label}"], ["填报单位：某局", "单位：元"][: chance.randint(1, 2)], *lines]
    if chance.random() < 0.3:
        lines.insert(chance.randrange(len(lines) - len(rows), len(lines) + 1), [""])
    if chance.random() < 0.5:
        lines.append(["合  计", *([""] * (len(headers) - 1))])
    return lines


def _as_csv(chance: random.Random, lines: list[list[str | float]]) -> bytes:
    import csv  # noqa: PLC0415

    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator=chance.choice(("\r\n", "\n")), quoting=chance.choice((0, 1)))
    writer.writerows([[number_text(value) if isinstance(value, float) else value for value in line] for line in lines])
    return stream.getvalue().encode(chance.choice(("utf-8", "utf-8-sig", "gb18030")))


def _as_xlsx(lines: list[list[str | float]]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet("数据")
        for place, line in enumerate(lines):
            for column, value in enumerate(line):
                (page.write_number if isinstance(value, float) else page.write_string)(place, column, value)
    return stream.getvalue()


@pytest.mark.parametrize("form", sorted(all_contracts()))
@settings(max_examples=6 * _TIMES, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_table_in_any_habit_is_read_as_meant(form, seed):
    chance, contract = random.Random(seed), all_contracts()[form]
    columns = [c for c in contract.columns if c.required or chance.random() < 0.7]
    chance.shuffle(columns)
    meant = [
        [_meant(column, chance, chance.randrange(10**6)) for column in columns] for _ in range(chance.randint(1, 12))
    ]
    headers = [chance.choice((column.header, *column.aliases)) for column in columns]
    lines = _habits(chance, headers, [[written for _, written in row] for row in meant], contract.label)
    content, suffix = (_as_csv(chance, lines), "csv") if chance.random() < 0.5 else (_as_xlsx(lines), "xlsx")
    if suffix == "csv":
        lines = [[number_text(v) if isinstance(v, float) else v for v in line] for line in lines]
    reading = read_file(f"{form}/2020-05.{suffix}", content, KEY)
    assert reading.rows.rejected["reason"].to_list() == []
    assert reading.contract.form == form
    assert reading.rows.accepted.height == len(meant)
    for place, column in enumerate(columns):
        expected = [row[place][0] for row in meant]
        frame, name = (reading.rows.vault, column.id) if column.sensitive else (reading.rows.accepted, column.lake_name)
        found = frame[name].cast(pl.Float64).to_list() if column.type == "number" else frame[name].to_list()
        assert found == expected, (column.id, [row[place][1] for row in meant])
    with _as_if_long():
        again = read_file(f"{form}/2020-05.{suffix}", content, KEY)
    assert again.rows.accepted.equals(reading.rows.accepted)
    assert again.rows.vault.equals(reading.rows.vault)


_READ_FAST = [Column("a", "甲", "money", unit="元"), Column("a", "甲", "money", unit="万元"), Column("a", "甲", "text")]
_READ_FAST += [
    Column("a", "甲", "id18", sensitive="person"),
    Column("a", "甲", "date"),
    Column("a", "甲", "money", unit="元", required=True),
]
_ALPHABET = st.text("0123456789.-/,年月日元Xx ＡE+'=\"\u200b甲", max_size=20)
_DIGITS = st.from_regex(r"[0-9]{1,10}(\.[0-9]{1,3})?", fullmatch=True)
_DATES = st.from_regex(r"(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]", fullmatch=True)
_PEOPLE = st.integers(0, 10**6).map(_person) | st.from_regex(
    r"[1-9][0-9]{5}(18|19|20)[0-9]{2}[01][0-9][0-3][0-9]{4}[0-9X]", fullmatch=True
)


@pytest.mark.parametrize("column", _READ_FAST, ids=lambda column: column.type + column.unit)
@settings(max_examples=150 * _TIMES, deadline=None)
@given(
    st.lists(
        st.tuples(_ALPHABET | _DIGITS | _DATES | _PEOPLE, st.sampled_from((TEXT, NUMBER))), min_size=1, max_size=12
    )
)
def test_fast_and_slow_reading_agree(column, cells):
    cells = [(text, kind if _DIGIT_LIKE(text) else TEXT) for text, kind in cells]
    read = reader_of(column)
    texts = pl.Series([text for text, _ in cells], dtype=pl.String)
    kinds = pl.Series([kind for _, kind in cells], dtype=pl.UInt8)
    for column_cells, are_text in ((GridColumn(texts, kinds), False), (GridColumn(texts), True)):
        with _as_if_long():
            found = read_column(column, column_cells, read)
        codes = found.codes if found.codes is not None else [""] * len(cells)
        for (text, kind), value, code in zip(cells, found.values, codes, strict=True):
            slow_value, slow_code = read(text, TEXT if are_text else kind)
            blank = "missing_required" if column.required and slow_value is None else ""
            assert (value, code) == (slow_value, slow_code or blank), (text, kind)
        short = read_column(column, column_cells, read)
        assert short.values.equals(found.values)
        assert (short.codes is None) == (not any(codes)) and (
            short.codes is None or short.codes.to_list() == list(codes)
        )


@settings(max_examples=200 * _TIMES, deadline=None)
@given(
    st.lists(st.lists(st.text("甲乙合计, \u3000;\t1é", max_size=5), min_size=1, max_size=4), min_size=1, max_size=8),
    st.sampled_from(("\n", "\r\n", "\r")),
    st.booleans(),
)
def test_both_ways_of_reading_text_agree(rows, line_feed, is_ended):
    text = line_feed.join(",".join(row) for row in rows) + line_feed * is_ended
    utf8, width = text.encode(), max(line.count(",") for line in text.split(line_feed)) + 1
    if not text.strip():
        return
    slow = text_file._read_records(text, ",")
    fast = text_file._read_fast(utf8, text_file._Lines(utf8, ","), width, ",")
    if fast is not None:
        assert [column.text.to_list() for column in fast] == [column.text.to_list() for column in slow]
    whole = text_file._Lines(text_file._one_line_a_record(utf8, ","), ",")
    data = [row for row in zip(*(column.text for column in slow), strict=True) if _is_data(row)]
    assert text_file._count_rows(utf8, ",", None, -1) == text_file._count_rows(utf8, ",", whole, -1) == len(data)


def _is_data(row: tuple[str, ...]) -> bool:
    cells = ["".join(cell.split()) for cell in row]
    return any(cells) and "合计" not in cells


def _DIGIT_LIKE(text: str) -> bool:  # noqa: N802
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii() and text.replace(".", "").isdigit()


@settings(max_examples=200 * _TIMES, deadline=None)
@given(
    st.binary(max_size=400)
    | st.text(max_size=200).map(str.encode)
    | st.text('证件号码,月份\n0123456789"', max_size=200).map(lambda t: t.encode("gb18030"))
)
def test_any_bytes_give_an_account_or_a_reason(content):
    from pipelines.intake.refusal import RefusedError  # noqa: PLC0415

    try:
        reading = read_file("employment/2020-05.csv", content, KEY)
    except RefusedError as error:
        assert error.refusal.code
        assert error.refusal.reason.endswith("。")
    else:
        assert reading.rows.rows == reading.rows.accepted.height + reading.rows.rejected.height
