"""Every paper of a night drawn as a printer would: A4, nothing blank, nothing over the margin, every cell readable.

Collected only where LibreOffice and poppler are installed; see conftest.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell import Cell

from pipelines.county import County
from pipelines.night import run_night
from pipelines.settings import Settings
from pipelines.warehouse.publish import current_folder
from tests.integration.published_county import published_county
from tests.integration.samples import COUNTIES, as_of, copy_county

FULL = Settings.from_environment().full_faults
A4 = (595, 842)
DOTS = 40  # an inch
MARGIN = 7  # dots: about 4 mm at the edge of the sheet
Page = tuple[int, int, bytes]


@pytest.fixture(scope="module", params=["synthetic", *(COUNTIES if FULL else [])])
def published(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published night of the synthetic county; with SHOUWANG_FULL=1 (`make year`) of every sample county too."""
    if request.param == "synthetic":
        county = published_county()
    else:
        county = County.open(copy_county(request.param, tmp_path_factory.mktemp("county") / request.param))
        run_night(county, as_of(request.param))
    folder = current_folder(county)
    assert folder
    return folder


@pytest.fixture(scope="module")
def drawn(published: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Path]:
    """The PDF of each workbook and household file of the published night, by the file it was drawn from."""
    folder = tmp_path_factory.mktemp("drawn")
    papers, copies = {}, []
    for number, file in enumerate(sorted(published.rglob("*.xlsx"))):
        copies.append(folder / f"{number}.xlsx")
        shutil.copyfile(file, copies[-1])
        papers[file] = copies[-1].with_suffix(".pdf")
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *map(str, copies)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return papers | {file: file for file in published.rglob("*.pdf")}


def _told(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def _pages(pdf: Path, folder: Path) -> list[Page]:
    """Width, height and grey pixels of each page."""
    _told("pdftoppm", "-r", str(DOTS), "-gray", str(pdf), str(folder / "page"))
    pages = []
    for picture in sorted(folder.glob("page*.pgm")):
        found = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", picture.read_bytes())
        assert found
        pages.append((int(found[1]), int(found[2]), picture.read_bytes()[found.end() :]))
        picture.unlink()
    return pages


def _ink(page: Page, *, edge: bool) -> int:
    """Dark dots of a page: those in the margin, or those inside it."""
    width, height, dots = page
    count = 0
    for y in range(height):
        row = dots[y * width : (y + 1) * width]
        inside = row[MARGIN:-MARGIN] if MARGIN <= y < height - MARGIN else b""
        dark = sum(dot < 128 for dot in row)
        dark_inside = sum(dot < 128 for dot in inside)
        count += dark - dark_inside if edge else dark_inside
    return count


def test_every_page_is_a4_with_something_on_it_and_nothing_in_the_margin(drawn, tmp_path):
    assert len(drawn) > 20
    for file, pdf in drawn.items():
        sizes = re.findall(r"size:\s+([\d.]+) x ([\d.]+)", _told("pdfinfo", "-l", "99", str(pdf)))
        assert {tuple(sorted((round(float(w)), round(float(h))))) for w, h in sizes} == {A4}, file.name
        for page in _pages(pdf, tmp_path):
            assert _ink(page, edge=False) > 200, file.name
            assert _ink(page, edge=True) == 0, file.name


def _shown(cell: Cell) -> str:
    """A cell as Excel shows it: figures by their number format."""
    if isinstance(cell.value, str):
        return cell.value
    return f"{cell.value:,.{len(cell.number_format.partition('.')[2])}f}"


def test_every_cell_can_be_read_on_the_print(drawn):
    for file, pdf in drawn.items():
        if file.suffix != ".xlsx":
            continue
        printed = re.sub(r"\s", "", _told("pdftotext", "-raw", str(pdf), "-"))
        for page in openpyxl.load_workbook(file):
            if page.title == "_meta":
                continue
            cells = (_shown(cell) for row in page.iter_rows() for cell in row if cell.value)
            missing = [cell for cell in cells if re.sub(r"\s", "", cell) not in printed]
            assert missing == [], file.name
