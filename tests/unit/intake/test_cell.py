"""Every habit of writing a value, and the values that must not be guessed."""

import datetime
from decimal import Decimal

import pytest
from stdnum.cn import ric

from pipelines.intake import cell
from pipelines.intake.cell import DATE, ERROR, FLAG, NUMBER, TEXT
from pipelines.intake.resident_id import canonical_id, check_character

D = datetime.date
GOOD = "35018119711107819X"


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        (GOOD, TEXT, GOOD),
        (GOOD.lower(), TEXT, GOOD),
        (" 350181 19711107 819x ", TEXT, GOOD),
        ("３５０１８１１９７１１１０７８１９Ｘ", TEXT, GOOD),
        ("'" + GOOD, TEXT, GOOD),
        (f'="{GOOD}"', TEXT, GOOD),
        ("350181711107819", TEXT, GOOD),
        ("350181711107819", NUMBER, GOOD),
        ("", TEXT, None),
        ("\u3000", TEXT, None),
    ],
)
def test_ids_that_are_meant(text, kind, expected):
    assert cell.read_id(text, kind) == (expected, "")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (GOOD, NUMBER),
        ("350181197111078191", TEXT),
        ("350181197113078190", TEXT),
        ("3.50181E+17", TEXT),
        ("35018119711107819", TEXT),
        (GOOD + "11", TEXT),
        ("350181711307819", TEXT),
        ("见户口本", TEXT),
        ("2020-01-01", DATE),
    ],
)
def test_ids_that_are_ruined(text, kind):
    assert cell.read_id(text, kind) == (None, "bad_id")


def test_the_check_character_agrees_with_another_implementation():
    for number in range(2000):
        first = f"350181{1930 + number % 90}{1 + number % 12:02d}{1 + number % 28:02d}{number % 1000:03d}"
        assert ric.calc_check_digit(first + "0") == check_character(first)
        assert canonical_id(first + check_character(first)) == first + check_character(first)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-01", D(2024, 3, 1)),
        ("2024/3/1", D(2024, 3, 1)),
        ("2024.3.1", D(2024, 3, 1)),
        ("2024年3月1日", D(2024, 3, 1)),
        ("２０２４年３月１日", D(2024, 3, 1)),
        ("20240301", D(2024, 3, 1)),
        ("45352", D(2024, 3, 1)),
        ("2024-03-01 08:30:00", D(2024, 3, 1)),
        ("2018", D(2018, 12, 31)),
        ("2018年", D(2018, 12, 31)),
        ("2024-02-29", D(2024, 2, 29)),
    ],
)
def test_days(text, expected):
    assert cell.read_date(text, TEXT, month_will_do=False) == (expected, "")


@pytest.mark.parametrize(
    "text", ["2024-02-30", "2023-02-29", "2024/13/05", "24-3-1", "昨天", "2024-03", "123", "99999", "2024-3-1-1"]
)
def test_days_that_are_none(text):
    assert cell.read_date(text, TEXT, month_will_do=False) == (None, "bad_date")


def test_a_month_is_a_day_only_under_a_header_that_asks_for_months():
    assert cell.read_date("2015年4月", TEXT, month_will_do=True) == (D(2015, 4, 1), "")


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("2024-03", TEXT, D(2024, 3, 1)),
        ("2024年3月", TEXT, D(2024, 3, 1)),
        ("202403", TEXT, D(2024, 3, 1)),
        ("202403", NUMBER, D(2024, 3, 1)),
        ("2024-03-15", TEXT, D(2024, 3, 1)),
        ("2024-03-15", DATE, D(2024, 3, 1)),
        ("45352", NUMBER, D(2024, 3, 1)),
        ("2024.10", TEXT, D(2024, 10, 1)),
    ],
)
def test_months(text, kind, expected):
    assert cell.read_month(text, kind) == (expected, "")


@pytest.mark.parametrize(
    ("text", "kind"), [("2024-00", TEXT), ("2019年13月", TEXT), ("2024", TEXT), ("2024.1", NUMBER), ("3月", TEXT)]
)
def test_months_that_are_none(text, kind):
    assert cell.read_month(text, kind) == (None, "bad_date")


@pytest.mark.parametrize(
    "text", ["2020-Q1", "2020Q1", "2020q1", "2020年第一季度", "2020年1季度", "2020年第1季度", " 2020 年 一 季度"]
)
def test_quarters(text):
    assert cell.read_quarter(text, TEXT) == (D(2020, 1, 1), "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-2020学年第一学期", D(2019, 9, 1)),
        ("2019-2020学年第二学期", D(2020, 3, 1)),
        ("2019-2020-1", D(2019, 9, 1)),
        ("2019-2020-2", D(2020, 3, 1)),
        ("2019年秋季学期", D(2019, 9, 1)),
        ("2020年春季学期", D(2020, 3, 1)),
    ],
)
def test_terms(text, expected):
    assert cell.read_term(text, TEXT) == (expected, "")


@pytest.mark.parametrize("text", ["2019-2021学年第一学期", "第一学期", "2019-2020-3", "2019"])
def test_terms_that_are_none(text):
    assert cell.read_term(text, TEXT) == (None, "bad_date")


@pytest.mark.parametrize(
    ("text", "unit", "fen"),
    [
        ("1234.5", "元", 123450),
        ("1,234.50", "元", 123450),
        ("1,234,567.89元", "元", 123456789),
        ("￥300", "元", 30000),
        ("１２００元", "元", 120000),
        ("1.2万元", "元", 1200000),
        ("12.5", "万元", 12500000),
        ("12500元", "万元", 1250000),
        ("0.005", "元", 1),
        ("1.005", "元", 101),
        ("0", "元", 0),
        ("-0", "元", 0),
        ("300元整", "元", 30000),
    ],
)
def test_money(text, unit, fen):
    assert cell.read_money(text, TEXT, unit=unit) == (fen, "")


@pytest.mark.parametrize(
    "text", ["见附表", "1,23", "1.2.3", "1e3", "12 3 元人民币", "NaN", "inf", "壹仟元", "1000000000001", "-", "/"]
)
def test_money_that_is_none(text):
    assert cell.read_money(text, TEXT, unit="元") == (None, "bad_number")


@pytest.mark.parametrize("text", ["-1", "-1,140.00", "(300.00)", "（300）", "-0.01元"])
def test_negative_money(text):
    assert cell.read_money(text, TEXT, unit="元") == (None, "negative_amount")


def test_a_number_cell_keeps_its_fen_exactly():
    for fen in (1, 105, 1005, 100500, 123456789):
        assert cell.read_money(cell.number_text(fen / 100), NUMBER, unit="元") == (fen, "")


def test_areas_and_regions():
    assert cell.read_number("106.5㎡", TEXT, unit="平方米") == (Decimal("106.50"), "")
    assert cell.read_number("106平方米", TEXT, unit="平方米") == (Decimal("106.00"), "")
    for text, region in {
        "350000": "35",
        "350181": "350181",
        "350100000000": "3501",
        "000000": "0",
        "350181001": "350181001",
    }.items():
        assert cell.read_region(text, TEXT) == (region, "")
    assert cell.read_region("3501811", TEXT) == (None, "bad_code")
    assert cell.read_place("350181001001", NUMBER) == ("350181001001", "")
    assert cell.read_place("350181", TEXT) == (None, "bad_code")


def test_flags():
    for text in ("是", "有", "Y", "y", "1", "√", "✓"):
        assert cell.read_flag(text, TEXT) == (True, "")
    for text in ("否", "无", "N", "0"):
        assert cell.read_flag(text, TEXT) == (False, "")
    assert cell.read_flag("TRUE", FLAG) == (True, "")
    assert cell.read_flag(" ", TEXT) == (None, "")
    assert cell.read_flag("不详", TEXT) == (None, "bad_enum")


def test_text_of_columns_that_identify():
    assert cell.read_text("3501810001", NUMBER, identifies=True) == ("3501810001", "")
    assert cell.read_text("3501810001000012345", NUMBER, identifies=True) == (None, "ruined_number")
    assert cell.read_text("3.5E+15", TEXT, identifies=True) == (None, "ruined_number")
    assert cell.read_text("A\u200bB\n", TEXT, identifies=False) == ("AB", "")
    assert cell.read_text("#REF!", ERROR, identifies=False) == (None, "bad_cell")


def test_moments():
    expected = datetime.datetime(2020, 3, 1, 8, 5)
    for text in ("2020-03-01 08:05", "2020/3/1 8:05:00", "2020年3月1日8时5分", "2020-03-01T08:05:00", "202003010805"):
        assert cell.read_datetime(text, TEXT) == (expected, ""), text
    assert cell.read_datetime("2020-03-01 25:00", TEXT) == (None, "bad_date")
    assert cell.read_datetime("43891.5", NUMBER) == (datetime.datetime(2020, 3, 1, 12), "")
