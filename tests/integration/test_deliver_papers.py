"""The papers of a whole night: complete, signed, printable, and telling nobody more than they should know."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from pathlib import Path

import openpyxl
import pytest

from pipelines.county import County
from pipelines.deliver.issued import EVENT
from pipelines.deliver.posting_scan import forbidden
from pipelines.intake.ledger import read_events
from pipelines.intake.read_file import read_file
from pipelines.keys import secret_key
from pipelines.risk.visits import EVENT as VISITS
from pipelines.sample_county import AS_OF
from pipelines.settings import Settings
from pipelines.warehouse.connect import open_published
from pipelines.warehouse.publish import current_folder
from tests.integration.published_county import published_county

ID = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9])")
PHONE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
REPORTS = (
    "监测规模表", "监测规模表（对外）", "动态退出表", "预警日报", "预警核实周报", "规则准确率", "月帮扶统计表", "挂钩联系名单",
    "低收入人口台账", "监测对象台账", "季度帮扶成效",
)  # fmt: skip


@pytest.fixture(scope="module")
def county() -> County:
    return published_county()


@pytest.fixture(scope="module")
def folder(county: County) -> Path:
    current = current_folder(county)
    assert current
    return current


@pytest.fixture(scope="module")
def waiting(county: County, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str]]:
    """Township and head's household by warning number, as the warehouse has them."""
    reader = open_published(county.published, Settings.from_environment(), tmp_path_factory.mktemp("spill"))
    rows = reader.execute(
        "SELECT warning_no, township_code, household_no FROM fct_warning WHERE status IN ('待核实', '逾期未核实')"
    ).fetchall()
    reader.close()
    return {number: (township, household) for number, township, household in rows}


def _workbooks(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.xlsx"))


def _texts(file: Path) -> list[str]:
    book = openpyxl.load_workbook(file, read_only=True)
    return [str(cell) for page in book for row in page.iter_rows(values_only=True) for cell in row if cell is not None]


def _lists(folder: Path) -> list[Path]:
    return sorted((folder / "townships").glob("*/*.xlsx"))


@pytest.fixture(scope="module")
def visits(county: County, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Township by number of a month's visit, as the warehouse has them."""
    reader = open_published(county.published, Settings.from_environment(), tmp_path_factory.mktemp("spill"))
    rows = reader.execute("SELECT visit_no, township_code FROM fct_risk_visit").fetchall()
    reader.close()
    return dict(rows)


def test_every_waiting_warning_and_every_visit_is_on_its_townships_list_once(folder, waiting, visits):
    listed = {}
    for file in _lists(folder):
        for row in openpyxl.load_workbook(file)["_meta"].iter_rows(min_row=2, values_only=True):
            assert row[0] not in listed
            listed[row[0]] = file.parent.name.split("-")[0]
    assert listed == {number: township for number, (township, _) in waiting.items()} | visits
    assert waiting
    assert visits


def test_every_report_is_there_and_nothing_can_be_changed(folder):
    for report in REPORTS:
        for kind in ("xlsx", "pdf"):
            name = f"{AS_OF}-{report}.{kind}"
            assert any((folder / place / name).is_file() for place in ("reports", "officials")), name
    for place in ("townships", "reports", "officials", "households"):
        files = [file for file in (folder / place).rglob("*") if file.is_file()]
        assert files, place
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o440}


def test_no_workbook_holds_a_formula_or_a_link(folder):
    for file in _workbooks(folder):
        with zipfile.ZipFile(file) as package:
            parts = b"".join(package.read(name) for name in package.namelist())
        assert b"<f>" not in parts, file.name
        assert b"<hyperlink" not in parts, file.name
        assert b'TargetMode="External"' not in parts, file.name


def test_papers_keep_to_fourteen_columns_and_a4(folder):
    for file in _workbooks(folder):
        for page in openpyxl.load_workbook(file):
            if page.title != "_meta":
                assert page.max_column <= 14, file.name
                assert page.page_setup.paperSize == 9
                assert page.print_title_rows


def test_ids_are_in_no_workbook_and_phones_on_lists_only(folder):
    for file in _workbooks(folder):
        texts = "\n".join(_texts(file))
        assert not ID.search(texts), file.name
        assert "townships" in file.parts or not PHONE.search(texts), file.name


def test_postings_hold_nothing_personal_and_the_web_no_full_name(folder):
    for file in (folder / "postings").rglob("*.xlsx"):
        page = openpyxl.load_workbook(file).worksheets[0]
        cells = [
            str(c) for row in page.iter_rows(min_row=4, values_only=True) for c in row if c and "说明：" not in str(c)
        ]
        assert forbidden(cells) == []
        if file.parent.name == "web":
            names = [row[1] for row in page.iter_rows(min_row=4, values_only=True) if row[0] and str(row[0]).isdigit()]
            assert all(name.endswith("**") for name in names)


def test_the_night_is_in_the_ledger_with_what_it_handed_out(county, waiting, visits):
    events = [event for event in read_events(county) if event["event"] == EVENT]
    assert [event["as_of"] for event in events] == [AS_OF.isoformat()]
    assert {entry["warning_no"] for entry in events[0]["opened"]} == set(waiting)
    (handed,) = [event["visits"] for event in read_events(county) if event["event"] == VISITS]
    assert {visit["visit_no"] for visit in handed} == set(visits)


def test_a_published_list_filled_in_is_taken_by_its_signed_keys(county, folder):
    file = max(_lists(folder), key=lambda path: path.stat().st_size)
    book = openpyxl.load_workbook(file)
    page = book.worksheets[0]
    head = next(row[0].row for row in page.iter_rows() if any(cell.value == "预警编号" for cell in row))
    column = {cell.value: cell.column for cell in page[head]}
    for header, value in (("核实日期", AS_OF.isoformat()), ("核实结果", "属实建议纳入"), ("核实人", "李核实")):
        page.cell(head + 1, column[header]).value = value
    stream = io.BytesIO()
    book.save(stream)
    reading = read_file(f"township_feedback/{AS_OF}.xlsx", stream.getvalue(), secret_key(county, "person.key"))
    assert reading.rows.accepted["verdict"].to_list() == ["属实建议纳入"]
    assert set(reading.rows.rejected["reason_code"]) <= {"not_filled"}
