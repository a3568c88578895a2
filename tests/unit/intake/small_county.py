"""A county of a few files with every habit in them, and the answers to them, in the samples' layout."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import xlsxwriter

_YML = 'name: 样例县\nregion: "350181"\ndocuments: [FQ]\n'
GOOD_ID = "35018119711107819X"
OTHER_ID = "350181198906206815"


def csv_bytes(rows: list[list[str]], encoding: str = "utf-8-sig") -> bytes:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\r\n").writerows(rows)
    return stream.getvalue().encode(encoding)


def xlsx_bytes(rows: list[list[object]], sheet: str = "Sheet1", merge: bool = False) -> bytes:
    """A workbook of one sheet; strings are written as text, numbers as numbers, None leaves a cell blank."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet)
        for line, row in enumerate(rows):
            for place, value in enumerate(row):
                if isinstance(value, str):
                    page.write_string(line, place, value)
                elif value is not None:
                    page.write_number(line, place, value)
        if merge:
            page.merge_range(0, 0, 0, len(rows[-1]) - 1, str(rows[0][0]))
    return stream.getvalue()


def _files() -> dict[str, bytes]:
    employment = ["证件号码", "姓名", "月份", "务工单位", "工资收入", "就业状态"]
    worker = [GOOD_ID, "张三", "2020年5月", "兴达养殖场", "1,600.00元", "在岗"]
    roster = ["户编号", "身份证号", "保障类别", "批准时间", "月补助金额"]
    pension = [["2020-05城乡居民养老保险待遇发放表", None, None], ["证件号码", "发放月份", "基础养老金"]]
    return {
        "employment/2020-05.csv": csv_bytes(
            [employment, worker, worker, ["350181197111078191", "李四", "202005", "", "800", "在岗"], ["合计", "", "", "", "2400", ""]],
            "gb18030",
        ),
        "employment/2020-05-报送.csv": csv_bytes(
            [["样例县2020-05务工就业台账", "", "", "", "", ""], employment, worker, ["3.50181E+17", "", "2020-05", "", "", ""]]
        ),
        "pension_payment/2020-05.xlsx": xlsx_bytes(
            [*pension, [GOOD_ID, 202005, 180], [350181197111078190, "2020-05", 180], [OTHER_ID, "2020-13", 180]], "数据", True
        ),
        "assistance_roster/2020-05.csv": csv_bytes(
            [roster, ["1", GOOD_ID, "五保", "20150101", "-360"], ["1", OTHER_ID, "农村低保", "2015/13/01", "360"]]
        ),
        "assistance_roster/2020-06.csv": csv_bytes([roster, ["1", "", "农村低保", "2015", "360"], ["", OTHER_ID, "低保户", "2015", "见附表"]]),
        "subsidy_payment/2020-05-缺列.csv": csv_bytes([["证件号码", "补贴项目", "发放金额"], [GOOD_ID, "低保金", "300"]]),
        "pension_payment/2020-06.xlsx": xlsx_bytes([["科目", "借方金额", "贷方金额"], ["管理费用", 1200, None]]),
        "employment/2020-06.xlsx": b"PK\x03\x04" + bytes(range(200)),
    }  # fmt: skip


_RECEIVED = {
    "employment/2020-05.csv": "2020-06-03",
    "employment/2020-05-报送.csv": "2020-06-05",
    "pension_payment/2020-05.xlsx": "2020-06-05",
    "assistance_roster/2020-05.csv": "2020-06-05",
    "subsidy_payment/2020-05-缺列.csv": "2020-06-05",
    "assistance_roster/2020-06.csv": "2020-07-05",
    "pension_payment/2020-06.xlsx": "2020-07-05",
    "employment/2020-06.xlsx": "2020-07-05",
}
_INTAKE = """file,period,received,encoding,sheet,rows,loaded,rejected,repeats,refused_whole,reason_class
employment/2020-05.csv,2020-05,2020-06-03,gbk,,3,1,1,1,no,
employment/2020-05-报送.csv,2020-05,2020-06-05,utf-8-sig,,2,0,1,1,no,
pension_payment/2020-05.xlsx,2020-05,2020-06-05,xlsx,数据,3,1,2,0,no,
assistance_roster/2020-05.csv,2020-05,2020-06-05,utf-8-sig,,2,0,2,0,no,
assistance_roster/2020-06.csv,2020-06,2020-07-05,utf-8-sig,,2,0,2,0,no,
subsidy_payment/2020-05-缺列.csv,,2020-06-05,,,,,,,yes,missing_column
pension_payment/2020-06.xlsx,,2020-07-05,,,,,,,yes,wrong_form
employment/2020-06.xlsx,,2020-07-05,,,,,,,yes,unreadable
"""
_REJECTS = """file,sheet,row,column,column_id,value,reason_class
employment/2020-05.csv,,4,证件号码,person_id,350181197111078191,bad_id
employment/2020-05-报送.csv,,4,证件号码,person_id,3.50181E+17,bad_id
pension_payment/2020-05.xlsx,数据,4,证件号码,person_id,350181197111078208,bad_id
pension_payment/2020-05.xlsx,数据,5,发放月份,month,2020-13,bad_date
assistance_roster/2020-05.csv,,2,月补助金额,monthly_amount,-360,negative_amount
assistance_roster/2020-05.csv,,3,批准时间,started_on,2015/13/01,bad_date
assistance_roster/2020-06.csv,,2,身份证号,person_id,,missing_required
assistance_roster/2020-06.csv,,3,保障类别,category,低保户,bad_enum
"""


def write_small_county(home: Path) -> None:
    """Write the county folder with its landing files and its answers."""
    for name, content in _files().items():
        file = home / "landing" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    (home / "county.yml").write_text(_YML, encoding="utf-8")
    lines = [f"{file},{day},{order}" for order, (file, day) in enumerate(_RECEIVED.items(), start=1)]
    (home / "landing" / "received.csv").write_text("\n".join(["file,received_on,order", *lines]), encoding="utf-8")
    (home / "answers").mkdir()
    (home / "answers" / "answers_intake.csv").write_text(_INTAKE, encoding="utf-8")
    (home / "answers" / "answers_rejects.csv").write_text(_REJECTS, encoding="utf-8")
