"""What leaves for outside readers: no small number, none to be worked out, and nothing personal on a posting."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.deliver.options import PaperOptions
from pipelines.deliver.posting_scan import forbidden, surname_only
from pipelines.deliver.postings import posting_sheet
from pipelines.deliver.suppression import HIDDEN, suppressed, suppressed_total
from tests.unit.deliver.returned_list import source


def _shown(counts, threshold=7):
    rows = pl.DataFrame({"part": ["a"] * len(counts), "people": counts}, schema={"part": pl.String, "people": pl.Int64})
    return suppressed(rows, ["people"], "part", threshold)["people"].to_list()


def test_small_numbers_are_hidden_and_nothing_is_shown_as_nothing():
    assert _shown([0, 1, 7, 8, 23]) == ["0", HIDDEN, HIDDEN, "10", "25"]


def test_one_small_number_alone_takes_the_next_with_it():
    assert _shown([3, 12, 40, 0]) == [HIDDEN, HIDDEN, "40", "0"]


def test_a_row_with_one_small_count_hides_all_its_counts():
    rows = pl.DataFrame({"part": ["a"] * 3, "households": [3, 4, 30], "people": [9, 12, 90]})
    shown = suppressed(rows, ["households", "people"], "part", 7)
    assert shown["people"].to_list() == [HIDDEN, HIDDEN, "90"]


@given(st.lists(st.integers(0, 400), min_size=2, max_size=8))
def test_no_hidden_number_follows_from_the_total(counts):
    shown = _shown(counts)
    total = suppressed_total(sum(counts), 7)
    hidden = [count for count, text in zip(counts, shown, strict=True) if text == HIDDEN]
    assert all(text == HIDDEN or int(text) % 5 == 0 for text in shown)
    assert all(not 1 <= count <= 7 for count, text in zip(counts, shown, strict=True) if text != HIDDEN)
    assert total == HIDDEN or int(total.replace(",", "")) % 5 == 0
    assert len(hidden) != 1 or sum(count > 0 for count in counts) == 1


FORBIDDEN = {
    "350181199001011234": "证件号码", "35018119900101123X": "证件号码", "350181900101123": "证件号码", "１３８００００１２３４": "电话号码",
    "138-0000-1234": "电话号码", "0591-85211234": "电话号码", "6228480402564890018": "账号", "6228 4804 0256 4890": "账号",
    "补助1200元": "金额", "1,200.00 元": "金额", "患有大病": "病情或残疾", "二级残疾": "病情或残疾", "尿毒症透析": "病情或残疾",
}  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), FORBIDDEN.items())
def test_what_a_posting_may_not_show_is_found(text, kind):
    assert kind in forbidden(["王小明", text])


@pytest.mark.parametrize(
    "text", ["王小明", "前洋村", "2020年11月26日至2020年12月9日", "12", "拟纳入监测帮扶", "欧阳**"]
)
def test_what_a_posting_shows_passes(text):
    assert forbidden([text]) == []


def test_the_web_shows_the_surname_only():
    assert [surname_only(name) for name in ("王小明", "王明", "欧阳修", "欧阳", "才让卓玛")] == [
        "王**",
        "王**",
        "欧阳**",
        "欧**",
        "才**",
    ]


def test_each_profile_shows_its_columns_and_no_others():
    rows = pl.DataFrame({
        "township": ["海口镇"], "village": ["前洋村"], "household_no": ["3501810001"], "head_name": ["王小明"], "members": [3],
        "matter": ["拟纳入监测帮扶"], "first_day": [date(2020, 11, 26)], "last_day": [date(2020, 12, 9)], "phone": ["13800001234"],
    })  # fmt: skip
    board = posting_sheet(source(), PaperOptions(unit="某局"), rows, "board")
    web = posting_sheet(source(), PaperOptions(unit="某局"), rows, "web")
    assert board.rows.row(0) == ("1", "王小明", 3, "拟纳入监测帮扶", "2020年11月26日至2020年12月9日")
    assert web.rows.row(0) == ("1", "王**", "拟纳入监测帮扶", "2020年11月26日至2020年12月9日")
    assert "2020年12月9日" in web.notes[0]
