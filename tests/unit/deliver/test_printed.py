"""Reports as PDF and their charts: the same content as the workbook's, and the same bytes every time."""

import io
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal

import openpyxl
import polars as pl

from pipelines.deliver.chart import chart_svg
from pipelines.deliver.paper import PaperChart, PaperColumn, PaperSheet, volumes
from pipelines.deliver.printed import Printer
from pipelines.deliver.workbook import workbook_bytes

FONT = "Noto Sans CJK SC"
CHARTS = (
    PaperChart("各乡镇户数", "township", ("risen", "fallen"), "户", "stacked"),
    PaperChart("各乡镇资金", "township", ("amount",), "元", "line"),
)
SHEET = PaperSheet(
    name="成效", title="某县成效表", unit="某局", as_of=date(2020, 12, 31), measure="户、元",
    columns=(PaperColumn("township", "乡镇", 20), PaperColumn("risen", "增加\n（户）", 12),
             PaperColumn("fallen", "减少", 12), PaperColumn("amount", "资金", 16, "right")),
    rows=pl.DataFrame({"township": ["甲乡", "乙镇"], "risen": [3, 1234], "fallen": [1, None],
                       "amount": [Decimal("1234567.80"), Decimal("0.00")]}),
    totals={"township": "合计", "risen": 1237}, notes=("注一", "注二"), signatures=("填表人",), charts=CHARTS,
)  # fmt: skip


def test_figures_are_numbers_that_can_be_summed_and_look_as_printed():
    page = openpyxl.load_workbook(io.BytesIO(workbook_bytes([SHEET]))).worksheets[0]
    cells = {cell.value: cell for row in page.iter_rows() for cell in row if cell.value is not None}
    assert cells[1234567.8].number_format == "#,##0.00"
    assert cells[1234].number_format == cells[1237].number_format == "#,##0"
    assert cells["甲乡"].data_type == "s"


def test_the_workbook_has_excels_own_charts_over_the_tables_cells():
    with zipfile.ZipFile(io.BytesIO(workbook_bytes([SHEET]))) as package:
        charts = [package.read(name).decode() for name in sorted(package.namelist()) if "charts/chart" in name]
    assert [re.findall(r"<c:f>(.*?)</c:f>", chart) for chart in charts] == [
        ["成效!$B$3", "成效!$A$4:$A$5", "成效!$B$4:$B$5", "成效!$C$3", "成效!$A$4:$A$5", "成效!$C$4:$C$5"],
        ["成效!$D$3", "成效!$A$4:$A$5", "成效!$D$4:$D$5"],
    ]
    assert ["<c:lineChart>" in chart for chart in charts] == [False, True]


def test_a_chart_as_a_picture_says_what_the_table_says():
    picture = chart_svg(CHARTS[0], SHEET, FONT)
    texts = re.findall(r"<text[^>]*>([^<]+)</text>", picture)
    assert {"各乡镇户数", "甲乡", "乙镇", "增加（户）", "减少"} <= set(texts)
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]+"', "", picture)


def test_the_same_sheets_print_as_the_same_bytes_that_nobody_can_change(tmp_path):
    printer = Printer(FONT)
    empty = replace(SHEET, rows=SHEET.rows.clear(), totals={}, charts=(), is_landscape=False)
    for name in ("a.pdf", "b.pdf"):
        printer.write([SHEET, empty], tmp_path / name)
    first, second = ((tmp_path / name).read_bytes() for name in ("a.pdf", "b.pdf"))
    assert first == second
    assert first.startswith(b"%PDF")
    assert (tmp_path / "a.pdf").stat().st_mode & 0o777 == 0o440


def test_several_threads_at_one_printer_print_what_one_does(tmp_path):
    printer = Printer(FONT)
    sheets = [replace(SHEET, title=f"第{number}表") for number in range(8)]
    for number, sheet in enumerate(sheets):
        printer.write([sheet], tmp_path / f"one-{number}.pdf")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: printer.write([sheets[number]], tmp_path / f"many-{number}.pdf"), range(8)))
    one, many = ([(tmp_path / f"{way}-{number}.pdf").read_bytes() for number in range(8)] for way in ("one", "many"))
    assert one == many
    assert len(set(one)) == 8


def test_long_reports_are_bound_in_volumes_that_miss_no_row_and_total_once():
    rows = pl.DataFrame({"township": [f"第{number}乡" for number in range(11)]}).with_columns(
        risen=pl.lit(1), fallen=pl.lit(0), amount=pl.lit(Decimal("1.00"))
    )
    long, short = replace(SHEET, rows=rows), replace(SHEET, name="短", rows=rows.head(2))
    bound = volumes([short, short, long, short], 4)
    assert [[sheet.rows.height for sheet in volume] for volume in bound] == [[2, 2], [4], [4], [3], [2]]
    assert pl.concat([volume[0].rows for volume in bound[1:4]]).equals(rows)
    assert [bool(volume[0].totals) for volume in bound] == [True, False, False, True, True]
    assert [volume[0].title for volume in bound[1:4]] == [f"某县成效表（共3张之{place}）" for place in (1, 2, 3)]
    assert volumes([SHEET], 4) == [[SHEET]]
