"""A workbook holds what it was given as text, prints on A4 and lets only the entries be changed."""

import io
import zipfile
from dataclasses import replace
from datetime import date

import msoffcrypto
import openpyxl
import polars as pl
import pytest

from pipelines.deliver.layout import row_height, wrapped_lines
from pipelines.deliver.options import PaperOptions
from pipelines.deliver.paper import PaperColumn, PaperSheet, official_text
from pipelines.deliver.signature import list_key
from pipelines.deliver.verification_list import list_workbook
from pipelines.deliver.workbook import workbook_bytes
from tests.unit.deliver.returned_list import KEY, handed_out, listed, source

OPENS_WITH = "开门12"
HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(\"http://x.cn\")", "http://x.cn/a", "mailto:a@x.cn", "{=1}", "\tx",
    "internal:Sheet1!A1", "'x", "=cmd|' /C calc'!A0", "0123", "1E5", "２０２０", "a\x00\x0bb\ud800", "=\u202e1", "file:///etc/passwd",
]  # fmt: skip


def _paper(texts: list[str]) -> PaperSheet:
    columns = (PaperColumn("text", "=标题()", 20), PaperColumn("again", "http://x.cn", 20, is_entry=True))
    rows = pl.DataFrame({"text": texts, "again": texts}, schema={"text": pl.String, "again": pl.String})
    return PaperSheet("表", "=题目", "=单位", date(2020, 11, 25), "户", columns, rows, notes=("=注",), lines=("=行",))


@pytest.mark.parametrize("is_aside", [False, True])
def test_no_string_becomes_a_formula_or_a_link(tmp_path, is_aside):
    texts = [text.encode("utf-8", "ignore").decode() for text in HOSTILE]
    content = workbook_bytes([_paper(texts)], meta=[tuple(texts)], protect=True, aside=tmp_path if is_aside else None)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            part = package.read(name)
            assert b"<f>" not in part, name
            assert b"<hyperlink" not in part, name
            assert b'TargetMode="External"' not in part, name
    page = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert all(
        cell.data_type in ("s", "n") and (cell.value is None or isinstance(cell.value, str))
        for row in page.iter_rows()
        for cell in row
    )
    shown = [page.cell(row, 1).value for row in range(5, 5 + len(texts))]
    assert shown == [text.replace("\x00", "").replace("\x0b", "") for text in texts]


def test_a_workbook_drawn_aside_is_the_same_and_leaves_nothing_behind(tmp_path):
    papers = [_paper([f"第{line}行" for line in range(300)]), replace(_paper([]), name="空表")]
    held, aside = (
        openpyxl.load_workbook(io.BytesIO(workbook_bytes(papers, aside=folder))) for folder in (None, tmp_path)
    )
    for one, other in zip(held, aside, strict=True):
        assert list(one.values) == list(other.values)
        assert {line: row.height for line, row in one.row_dimensions.items()} == {
            line: row.height for line, row in other.row_dimensions.items()
        }
        assert one.merged_cells.ranges == other.merged_cells.ranges
        assert [cell.font.name for row in one for cell in row] == [cell.font.name for row in other for cell in row]
    assert not list(tmp_path.iterdir())


def test_a_list_prints_on_a4_landscape_with_its_header_repeated():
    page = openpyxl.load_workbook(io.BytesIO(handed_out(listed(60)))).worksheets[0]
    assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "landscape")
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (page.page_setup.fitToWidth or 1, page.page_setup.fitToHeight) == (1, 0)
    assert page.print_title_rows == "$6:$6"
    assert page.max_column <= 14


def test_only_the_yellow_columns_can_be_filled_in():
    page = openpyxl.load_workbook(io.BytesIO(handed_out())).worksheets[0]
    assert page.protection.sheet
    header = {cell.value: cell.column for cell in page[6]}
    entries = {"核实日期", "核实结果", "不符合原因", "核实人", "核实人均收入"}
    for name, column in header.items():
        assert page.cell(7, column).protection.locked == (name not in entries), name
        assert (page.cell(7, column).fill.fgColor.rgb == "FFFFF2CC") == (name in entries), name
    choices = [rule.formula1 for rule in page.data_validations.dataValidation if rule.type == "list"]
    assert choices == ['"属实建议纳入,属实已有帮扶,属实暂不符合,不属实,查无此户"']


def test_the_signed_keys_are_hidden_from_every_menu():
    book = openpyxl.load_workbook(io.BytesIO(handed_out()))
    assert book["_meta"].sheet_state == "veryHidden"
    assert [row[0].value for row in book["_meta"].iter_rows(min_row=2)] == listed()["warning_no"].to_list()


def test_a_county_with_a_password_gets_workbooks_that_open_with_it_only():
    content = list_workbook(source(), list_key(KEY), listed(), PaperOptions(unit="某局", **{"password": OPENS_WITH}))
    locked = msoffcrypto.OfficeFile(io.BytesIO(content))
    locked.load_key(**{"password": OPENS_WITH[1:]})
    with pytest.raises(Exception, match=r"(?i)key|password|verif"):
        locked.decrypt(io.BytesIO())
    locked.load_key(**{"password": OPENS_WITH})
    plain = io.BytesIO()
    locked.decrypt(plain)
    assert openpyxl.load_workbook(plain).worksheets[0].cell(7, 3).value == "王一"


def test_ids_are_shown_only_where_the_county_allows_it():
    rows = listed().with_columns(head_id=pl.lit("110101199003072316"))
    without = list_workbook(source(), list_key(KEY), rows, PaperOptions(unit="某局"))
    shown = list_workbook(source(), list_key(KEY), rows, PaperOptions(unit="某局", show_id=True))
    texts = [
        [cell.value for cell in openpyxl.load_workbook(io.BytesIO(book)).worksheets[0][7]] for book in (without, shown)
    ]
    assert "110101199003072316" not in texts[0]
    assert "110101199003072316" in texts[1]
    assert len(texts[1]) == 14


def test_the_same_list_is_the_same_bytes():
    assert handed_out() == handed_out()


def test_evidence_is_told_in_official_form():
    text = "1.大额医疗支出：2020-03-05 起个人负担 1234567.80 元；2.收入 -3840.00 元；12345热线"
    told = pl.select(official_text(pl.lit(text))).item()
    assert told == "1.大额医疗支出：2020年3月5日 起个人负担 1,234,567.80 元；\n2.收入 −3,840.00 元；12345热线"


@pytest.mark.parametrize(
    ("text", "letters", "lines"),
    [
        ("", 10, 1),
        ("一二三四五", 10, 1),
        ("一二三四五六", 10, 2),
        ("一二三 12,345.60", 10, 2),
        ("a\nb", 10, 2),
        ("x" * 25, 10, 3),
    ],
)
def test_lines_of_wrapped_text(text, letters, lines):
    assert wrapped_lines(text, letters) == lines


def test_a_row_is_high_enough_for_its_longest_text_and_never_higher_than_excel_allows():
    assert row_height(["一" * 100], [20], 10.5) > row_height(["一" * 50], [20], 10.5)
    assert row_height(["一" * 100_000], [20], 10.5) <= 409


def test_an_empty_paper_says_so():
    empty = replace(_paper([]), lines=())
    page = openpyxl.load_workbook(io.BytesIO(workbook_bytes([empty]))).worksheets[0]
    assert page.cell(4, 1).value == "本期无"


def test_rows_beyond_what_one_sheet_holds_stand_on_further_ones(monkeypatch):
    monkeypatch.setattr("pipelines.deliver.workbook._MOST_ROWS", 3)
    paper = replace(_paper([f"第{place}户" for place in range(7)]), totals={"text": "合计"})
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes([paper])))
    assert book.sheetnames == ["表（1）", "表（2）", "表（3）"]
    shown = [[row[0].value for row in page.iter_rows(min_row=5)] for page in book.worksheets]
    assert [cell for page in shown for cell in page if str(cell).endswith("户")] == paper.rows["text"].to_list()
    assert [("合计" in page) for page in shown] == [False, False, True]
    assert book.worksheets[1].cell(1, 1).value == "=题目（共3张之2）"
