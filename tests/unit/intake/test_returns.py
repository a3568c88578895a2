"""What is given back can be corrected in place, sent again, and closes the rejection it answers."""

import zipfile

import openpyxl
import polars as pl

from expectations.contract import all_contracts
from pipelines.county import County
from pipelines.intake.lake import forms_file
from pipelines.intake.receive import receive
from pipelines.intake.returns import open_returns, write_returns
from tests.unit.intake.small_county import GOOD_ID, OTHER_ID, csv_bytes, write_small_county

_HEADER = ["证件号码", "姓名", "月份", "务工单位", "工资收入"]


def _county(tmp_path, rows) -> County:
    write_small_county(tmp_path / "home")
    county = County.open(tmp_path / "home")
    for file in county.landing.rglob("*.*"):
        file.unlink()
    (county.landing / "employment").mkdir(exist_ok=True)
    (county.landing / "employment" / "2020-05.csv").write_bytes(csv_bytes([_HEADER, *rows]))
    return county


def test_a_corrected_return_is_taken_and_closes_its_rejections(tmp_path):
    rows = [
        [GOOD_ID, "张三", "2020-05", "甲厂", "1600"],
        ["3.50181E+17", "李四", "2020-05", "乙厂", "800"],
        [OTHER_ID, "王五", "2020-13", "=1+1", "-5"],
    ]
    county = _county(tmp_path, rows)
    receipt = receive(county)[0]
    assert (receipt.loaded, receipt.rejected) == (1, 2)
    (file,) = write_returns(county)
    assert file.parent.parent.name == "人社"
    book = openpyxl.load_workbook(file)
    page = book.active
    header = [cell.value for cell in page[1]]
    assert header[-4:] == ["退回原因", "退回编号", "原文件", "原行号"]
    marked = {
        cell.coordinate for row in page.iter_rows(min_row=2) for cell in row if cell.fill.fgColor.rgb == "FFF8CBAD"
    }
    by_header = {name: place + 1 for place, name in enumerate(header)}
    assert {page.cell(2, by_header["证件号码"]).coordinate, page.cell(3, by_header["月份"]).coordinate} <= marked
    assert page.cell(3, by_header["工资收入"]).coordinate in marked
    assert page.cell(2, by_header["姓名"]).coordinate not in marked
    assert page.cell(3, by_header["务工单位"]).value == "=1+1"
    with zipfile.ZipFile(file) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    page.cell(2, by_header["证件号码"]).value = OTHER_ID
    book.save(county.landing / "employment" / file.name)
    again = receive(county)[0]
    assert (again.loaded, again.rejected, again.period) == (1, 1, "2020-05")
    assert len(again.answers) == 2
    taken = pl.read_parquet(forms_file(county, "employment", again.content))
    assert taken["wage_fen"].to_list() == [80000]
    (left,) = open_returns(county)
    assert (left.receipt.file, left.rows.height) == (f"employment/{file.name}", 1)


def test_nothing_rejected_gives_nothing_back(tmp_path):
    county = _county(tmp_path, [[GOOD_ID, "张三", "2020-05", "甲厂", "1600"]])
    receive(county)
    assert write_returns(county) == []


def test_a_rejected_row_of_any_form_can_be_given_back(tmp_path):
    county = _county(tmp_path, [])
    for form, contract in all_contracts().items():
        headers = [column.header for column in contract.columns]
        (county.landing / form).mkdir(exist_ok=True)
        day = "2020-05-08" if contract.cadence in ("daily", "event") else "2020-05"
        (county.landing / form / f"{day}.csv").write_bytes(csv_bytes([headers, ["x"] * len(headers)]))
    assert {receipt.form: receipt.rejected for receipt in receive(county)} == dict.fromkeys(all_contracts(), 1)
    files = write_returns(county)
    assert sorted(file.parent.name for file in files) == sorted(all_contracts())
    for file in files:
        header = [cell.value for cell in next(openpyxl.load_workbook(file).active.iter_rows())]
        assert header[:-4] == [column.header for column in all_contracts()[file.parent.name].columns]
