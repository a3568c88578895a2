"""Sixty bits of a row: equal for exact repeats, different otherwise, and the same in every release."""

from __future__ import annotations

import polars as pl

from pipelines.intake.read_file import read_file
from tests.unit.intake.small_county import GOOD_ID, OTHER_ID, csv_bytes, xlsx_bytes

KEY = bytes(range(32))
_HEADER = ["证件号码", "补贴项目", "发放金额", "发放日期"]


def _hashes(rows: list[list[str]], key: bytes = KEY) -> list[int]:
    return (
        read_file("subsidy_payment/2020-05.csv", csv_bytes([_HEADER, *rows]), key).rows.accepted["_row_hash"].to_list()
    )


def test_the_same_row_has_the_same_hash_in_every_release():
    rows = [[GOOD_ID, "低保金", "300.00", "2020-05-08"], [OTHER_ID, "高龄津贴", "0", "2020-05-09"]]
    assert _hashes(rows) == [982156269035379119, 360145206044503848]


def test_another_key_gives_other_hashes():
    row = [GOOD_ID, "低保金", "300", "2020-05-08"]
    assert _hashes([row]) != _hashes([row], bytes(32))


def test_only_exact_repeats_are_alike():
    row = [GOOD_ID, "低保金", "300", "2020-05-08"]
    others = [OTHER_ID, "高龄津贴", "3", "2020-05-09"]
    changed = [[*row[:place], others[place], *row[place + 1 :]] for place in range(4)]
    again = [f"'{GOOD_ID}", " 低保金", "300.00元", "2020年5月8日"]
    hashes = _hashes([row, *changed, again])
    assert hashes[0] == hashes[-1]
    assert len(set(hashes)) == 5
    assert min(hashes) >= 0


def test_a_workbook_and_a_text_file_give_one_hash():
    row = [GOOD_ID, "低保金", "300", "2020-05-08"]
    book = read_file("subsidy_payment/2020-05.xlsx", xlsx_bytes([_HEADER, [*row[:2], 300, row[3]]]), KEY)
    assert book.rows.accepted["_row_hash"].to_list() == _hashes([row])


def test_a_swapped_pair_of_blanks_and_values_is_no_repeat():
    header = ["户编号", "季度", "工资性收入", "生产经营性收入"]
    rows = [
        ["H1", "2020-Q1", "", "5"],
        ["H1", "2020-Q1", "5", ""],
        ["H1", "2020-Q1", "", ""],
        ["H1", "2020-Q1", "0", "0"],
    ]
    reading = read_file("income_survey/2020-Q1.csv", csv_bytes([header, *rows]), KEY)
    assert reading.rows.accepted["_row_hash"].n_unique() == 4


def _hashes_of_flag(file: str, header: list[str], row: list[str]) -> list[int]:
    """The hashes of a row that ends with 是, with a blank and with 否."""
    rows = [[*row, flag] for flag in ("是", "", "否")]
    return read_file(file, csv_bytes([header, *rows]), KEY).rows.accepted["_row_hash"].to_list()


def test_a_blank_is_a_value_of_its_own_where_a_no_is_written_out():
    member = ["户编号", "姓名", "证件号码", "是否共同生活"]
    assert len(set(_hashes_of_flag("registry_member/2020-05.csv", member, ["H1", "甲", GOOD_ID]))) == 3
    visit = ["户编号", "走访日期", "基本医疗有保障"]
    assert len(set(_hashes_of_flag("visit_record/2020-05.csv", visit, ["H1", "2020-05-08"]))) == 3


def test_a_blank_is_the_no_of_a_list_that_may_tick():
    yes, blank, no = _hashes_of_flag(
        "registry_household/2020-05.csv",
        ["户编号", "行政区划代码", "户主姓名", "户主证件号码", "是否建档立卡"],
        ["H1", "350181103200", "甲", GOOD_ID],
    )
    assert blank == no != yes


def test_a_hundred_thousand_different_rows_have_different_hashes():
    rows = [[GOOD_ID, "低保金", f"{n / 100:.2f}", f"2020-{1 + n % 12:02d}-08"] for n in range(100_000)]
    assert pl.Series(_hashes(rows)).n_unique() == 100_000
