"""A list that comes back counts row by row where its signed key says whose it is, and nowhere else."""

import datetime
import io

import polars as pl
import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from pipelines.intake.read_file import read_file
from pipelines.intake.refusal import RefusedError
from tests.unit.deliver.returned_list import KEY, Township, come_back, handed_out, listed

OPENS_WITH = "开门12"


def _reasons(reading):
    return dict(zip(reading.rows.rejected["row"], reading.rows.rejected["reason_code"], strict=True))


def test_a_list_filled_in_is_taken_row_by_row():
    township = Township(handed_out())
    township.fill(0, 1, 2)
    reading = come_back(township.bytes())
    assert reading.rows.accepted["warning_no"].to_list() == listed()["warning_no"].to_list()
    assert reading.rows.accepted["verdict"].unique().to_list() == ["不属实"]
    assert reading.rows.accepted["verified_on"].unique().to_list() == [datetime.date(2020, 11, 30)]
    assert reading.rows.vault["reason"].to_list() == ["收入漏报"] * 3
    assert reading.rows.rejected.is_empty()
    assert reading.period.text == "2020-12-01"


def test_visits_stand_on_a_sheet_of_their_own_and_come_back_like_warnings():
    visits = listed(2).with_columns(
        pl.lit("visit").alias("kind"),
        pl.Series("warning_no", ["ZF3501810080-20201201", "CJ3501810081-20201201"]),
        pl.Series("head_name", ["李甲", "李乙"]),
    )
    rows = pl.concat([listed(1), visits]).with_columns(scorer_told=pl.lit("没有使用的资料：医保结算"))
    township = Township(handed_out(rows))
    assert township.book.sheetnames[:2] == ["预警核实", "走访安排"]
    township.fill(0)
    township.sheet = township.book["走访安排"]
    told = [cell.value for row in township.sheet.iter_rows(max_row=8) for cell in row if cell.value]
    assert any("本月走访 2 户" in str(text) and "没有使用的资料：医保结算" in str(text) for text in told)
    township.head = next(row[0].row for row in township.sheet.iter_rows() if any(c.value == "预警编号" for c in row))
    township.fill(0, 1)
    reading = come_back(township.bytes())
    assert reading.rows.accepted["warning_no"].to_list() == rows["warning_no"].to_list()
    assert reading.rows.rejected.is_empty()


def test_rows_not_filled_in_wait_and_half_filled_ones_go_back():
    township = Township(handed_out())
    township.fill(0)
    township.write(1, 核实结果="不属实")
    reading = come_back(township.bytes())
    assert reading.rows.accepted.height == 1
    assert list(_reasons(reading).values()) == ["half_filled", "not_filled"]
    assert "核实日期、核实人、不符合原因" in reading.rows.rejected["reason"][0]
    assert reading.rows.rows == 3


@pytest.mark.parametrize("header", ["户主姓名", "村（社区）", "联系电话", "核实期限"])
def test_an_edited_identity_is_refused(header):
    township = Township(handed_out())
    township.fill(0, 1, 2)
    township.write(1, **{header: "另一个"})
    reading = come_back(township.bytes())
    assert list(_reasons(reading).values()) == ["changed_identity"]
    assert reading.rows.accepted.height == 2
    assert "另一个" not in str(reading.rows.rejected.rows())


def test_rows_of_another_list_and_rows_twice_are_refused():
    township = Township(handed_out())
    township.fill(0, 1, 2)
    township.write(1, 预警编号="YJ3501819999-20201126")
    township.write(2, 预警编号=listed()["warning_no"][0])
    reading = come_back(township.bytes())
    assert sorted(_reasons(reading).values()) == ["not_listed", "repeated", "repeated"]
    assert "少了 2 行" in reading.remarks[0]


def test_numbers_swapped_between_two_households_are_refused():
    township = Township(handed_out())
    township.fill(0, 1, 2)
    numbers = listed()["warning_no"]
    township.write(0, 预警编号=numbers[1])
    township.write(1, 预警编号=numbers[0])
    assert list(_reasons(come_back(township.bytes())).values()) == ["changed_identity"] * 2


def test_whole_rows_may_be_sorted():
    township = Township(handed_out())
    township.fill(0, 1, 2)
    first, last = ([cell.value for cell in township.sheet[township.head + 1 + row]] for row in (0, 2))
    for row, cells in ((0, last), (2, first)):
        for column, value in enumerate(cells, start=1):
            township.sheet.cell(township.head + 1 + row, column).value = value
    assert come_back(township.bytes()).rows.accepted.height == 3


def test_a_visit_before_the_list_went_out_is_refused():
    township = Township(handed_out())
    township.fill(0, 1, 2)
    township.write(0, 核实日期="2020-11-01")
    assert list(_reasons(come_back(township.bytes())).values()) == ["bad_date"]


def test_a_list_of_another_county_or_with_a_changed_hidden_sheet_is_refused_whole():
    with pytest.raises(RefusedError, match="tampered"):
        come_back(handed_out(key=bytes(32)))
    township = Township(handed_out())
    township.book["_meta"].cell(2, 2).value = "x" * 26
    township.fill(0, 1, 2)
    assert list(_reasons(come_back(township.bytes())).values()) == ["changed_identity"]
    township.book["_meta"].cell(1, 4).value = "350181999"
    with pytest.raises(RefusedError, match="tampered"):
        come_back(township.bytes())


def test_a_list_copied_into_a_new_workbook_is_refused_whole():
    township = Township(handed_out())
    township.fill(0, 1, 2)
    del township.book["_meta"]
    with pytest.raises(RefusedError, match="校验信息已丢失"):
        come_back(township.bytes(), file="township_feedback/2020-11-25.xlsx")


def test_the_same_file_again_gives_the_same_rows():
    township = Township(handed_out())
    township.fill(0, 1, 2)
    content = township.bytes()
    hashes = come_back(content).rows.accepted["_row_hash"].to_list()
    again = come_back(content, file="township_feedback/2020-12-09.xlsx").rows.accepted["_row_hash"].to_list()
    assert hashes == again


def _locked(content: bytes, secret: str) -> bytes:
    locked = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(secret, locked)
    return locked.getvalue()


def _filled() -> bytes:
    township = Township(handed_out())
    township.fill(0, 1, 2)
    return township.bytes()


def test_a_list_that_comes_back_encrypted_is_opened_with_the_countys_password():
    opened = read_file("township_feedback/2020-12-01.xlsx", _locked(_filled(), OPENS_WITH), KEY, password=OPENS_WITH)
    assert opened.rows.accepted["verdict"].to_list() == ["不属实"] * 3


@pytest.mark.parametrize(
    ("secret", "told"),
    [("", "请去掉密码后重报"), ("开门13", "不是本县下发清单所用的密码")],
)
def test_a_list_that_the_county_cannot_open_is_refused_and_told_why(secret, told):
    with pytest.raises(RefusedError) as refused:
        read_file("township_feedback/2020-12-01.xlsx", _locked(_filled(), OPENS_WITH), KEY, password=secret)
    assert refused.value.refusal.code == "encrypted"
    assert told in refused.value.refusal.reason
    assert "开门" not in refused.value.refusal.reason


def test_an_encrypted_list_that_is_damaged_is_refused():
    content = _locked(_filled(), OPENS_WITH)
    middle = len(content) // 2
    for damaged in (content[:middle], content[:middle] + bytes(600) + content[middle + 600 :]):
        with pytest.raises(RefusedError):
            read_file("township_feedback/2020-12-01.xlsx", damaged, KEY, password=OPENS_WITH)
