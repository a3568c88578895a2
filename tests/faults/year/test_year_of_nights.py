"""A county's year: every month end a night, townships that answer well, late and badly, and the books right at each of them.

By default one night after the first; the whole year of month ends, with every paper opened in LibreOffice, with
SHOUWANG_FULL=1 (`make faults`). What is checked at every night: see PlayedCounty.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from datetime import date, datetime, timedelta
from pathlib import Path

import msoffcrypto
import pytest

from pipelines.sample_county import AS_OF, write_county
from pipelines.settings import Settings
from pipelines.warehouse.lock import SHANGHAI
from pipelines.warehouse.publish import current_folder, published_folders
from tests.integration.played_county import PlayedCounty
from tests.integration.published_county import published_county
from tests.integration.townships import OPENS_WITH

FULL = Settings.from_environment().full_faults
HOUSEHOLDS = 300
MONTH_ENDS = [date(2020 + month // 12, month % 12 + 1, 1) - timedelta(days=1) for month in range(1, 13)]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> PlayedCounty:
    home = tmp_path_factory.mktemp("year") / "county"
    if FULL:
        write_county(home, HOUSEHOLDS, 11, documents=("FQ", "LS", "FX", "TR"))
        county = PlayedCounty(home, home.parent)
        for as_of in MONTH_ENDS:
            county.night(as_of)
            county.townships_answer(as_of)
        return county
    shutil.copytree(published_county().home, home, symlinks=True)
    county = PlayedCounty(home, home.parent)
    county.townships_answer(AS_OF)
    county.night(AS_OF + timedelta(days=31), known_on=datetime.now(SHANGHAI).date())
    return county


def test_the_townships_answered_in_every_way_and_each_got_what_it_should(played):
    assert played.counts["answers"] > 0
    codes = {code for returned in played.sent for code in returned.bad.values()}
    assert "not_filled" in codes and len(codes) >= 3
    if FULL:  # one more night of a small county may find nobody new
        assert played.counts["opened"] > 0


def test_what_the_events_say_is_what_is_published_again_and_again(played):
    first, again = (
        played.tables("SELECT warning_no, is_open, close_cause FROM fct_warning_history ORDER BY 1") for _ in range(2)
    )
    assert first[0].equals(again[0])


if FULL:

    def test_every_paper_of_the_year_opens_in_libreoffice(played, tmp_path):
        for number, folder in enumerate(published_folders(played.county)):
            copies = _opened_copies(folder, tmp_path / str(number))
            profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
            _told(
                "soffice",
                profile,
                "--headless",
                "--convert-to",
                "pdf",
                "--outdir",
                str(tmp_path / str(number)),
                *copies,
            )
            missing = [copy for copy in copies if not Path(copy).with_suffix(".pdf").is_file()]
            assert missing == []

    def test_the_path_of_a_household_from_its_warning_to_its_leaving_can_be_read_in_its_file(played):
        (gone,) = played.tables(
            "SELECT history.warning_no, coalesce(history.close_cause, '未关闭') AS cause FROM fct_register_state AS states"
            " JOIN fct_warning_history AS history USING (household_no) WHERE states.state IN ('已退出', '返贫')"
        )
        assert not gone.is_empty()
        folder = current_folder(played.county)
        assert folder
        told = "".join(
            _told("pdftotext", "-raw", str(file), "-") for file in sorted((folder / "households").glob("*.pdf"))
        )
        told = re.sub(r"[\s\u200b]", "", told)
        for number, cause in gone.iter_rows():
            assert number in told
            assert cause in told
        assert "县级审批" in told


def _told(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=900).stdout


def _opened_copies(folder: Path, target: Path) -> list[str]:
    """Every workbook of a night without its password, each under a number of its own."""
    target.mkdir()
    copies = []
    for number, file in enumerate(sorted(folder.rglob("*.xlsx"))):
        content = file.read_bytes()
        if content.startswith(b"\xd0\xcf\x11\xe0"):
            locked, plain = msoffcrypto.OfficeFile(io.BytesIO(content)), io.BytesIO()
            locked.load_key(password=OPENS_WITH)
            locked.decrypt(plain)
            content = plain.getvalue()
        copies.append(str(target / f"{number}.xlsx"))
        Path(copies[-1]).write_bytes(content)
    return copies
