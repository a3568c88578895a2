"""Legacy .xls and web pages named so: error cells are no blanks, days are the days meant, and no row goes missing."""

from __future__ import annotations

import datetime
import io
from dataclasses import replace

import pytest
import xlsxwriter

from pipelines.intake import read_file as reading
from pipelines.intake.biff import xls_records
from pipelines.intake.html_table import read_html
from pipelines.intake.read_file import read_file
from pipelines.intake.refusal import RefusedError
from pipelines.intake.spreadsheet import read_spreadsheet
from tests.faults.intake.hostile_files import BARE_DAY, HEADER, ROW, XLS_ERRORS, old_workbook, page_of
from tests.unit.intake.small_county import OTHER_ID

KEY = bytes(32)


@pytest.mark.parametrize("code", XLS_ERRORS)
@pytest.mark.parametrize("column", [0, 2, 3])
def test_an_error_cell_of_an_xls_rejects_its_row(code, column):
    content = old_workbook(lambda page: page.row(1).set_cell_error(column, code))
    rows = read_file("employment/2020-05.xls", content, KEY).rows
    assert (rows.accepted.height, rows.rejected["reason_code"].to_list()) == (0, ["bad_cell"])


@pytest.mark.parametrize("from_1904", [False, True])
def test_a_day_of_an_xls_is_the_day_meant(from_1904):
    content = old_workbook(from_1904=from_1904, month=datetime.date(2020, 5, 3))
    assert read_file("employment/2020-05.xls", content, KEY).rows.accepted["month"].to_list() == [
        datetime.date(2020, 5, 1)
    ]


@pytest.mark.parametrize("from_1904", [False, True])
def test_a_day_of_an_xlsx_is_the_day_meant_and_a_bare_number_is_not_guessed_at(from_1904):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "date_1904": from_1904}) as book:
        page = book.add_worksheet()
        for place, (header, value) in enumerate(zip(HEADER, ROW, strict=True)):
            page.write(0, place, header)
            page.write(1, place, value)
        page.write_datetime(1, 1, datetime.datetime(2020, 5, 3), book.add_format({"num_format": "yyyy-mm-dd"}))
    rows = read_file("employment/2020-05.xlsx", stream.getvalue(), KEY).rows
    assert rows.accepted["month"].to_list() == [datetime.date(2020, 5, 1)]
    with pytest.raises(RefusedError, match="wrong_days"):
        read_file("employment/2020-05.xls", old_workbook(from_1904=True, month=BARE_DAY), KEY)


def test_rows_of_an_xls_are_counted_from_its_own_records():
    def more(page) -> None:
        for line, cells in ((3, [OTHER_ID, *ROW[1:]]), (4, [" ", "", "", ""]), (5, ["合计", "", "", 3200])):
            for place, value in enumerate(cells):
                page.write(line, place, value)
        page.row(1).hidden = True

    content = old_workbook(more)
    (grid,) = read_spreadsheet(content).grids
    assert grid.recount(0) == 2
    assert grid.hidden_rows == 1
    assert xls_records(content).sheets[0].lines == {0, 1, 3, 4, 5}


def test_a_parser_that_loses_a_line_is_found_out(monkeypatch):
    def losing(content, *password):
        book = read_spreadsheet(content, *password)
        (grid,) = book.grids
        columns = tuple(replace(column, text=column.text.head(1), kinds=None) for column in grid.columns)
        return replace(book, grids=(replace(grid, columns=columns, height=1),))

    monkeypatch.setattr(reading, "read_spreadsheet", losing)
    with pytest.raises(RefusedError, match="count_differs"):
        read_file("employment/2020-05.xls", old_workbook(), KEY)


def test_rows_of_a_page_are_counted_by_their_tags():
    head, row = ("".join(f"<td>{cell}</td>" for cell in cells) for cells in (HEADER, ROW))
    blank, total = "<td> </td><td>&nbsp;</td>", "<TH>合 计</TH><td>1600</td>"
    (grid,) = read_html(page_of(["<td colspan=4>台账</td>", head, row, blank, row, total])).grids
    assert grid.recount(1) == 2
    assert grid.recount(2) == 1
