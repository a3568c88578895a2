"""A county's year: every month end a night, townships that answer well, late and badly, and the books right at each of them.

By default one night after the first; the whole year of month ends, with every paper opened in LibreOffice, with
SHOUWANG_FULL=1 (`make year`). What is checked at every night: see PlayedCounty.
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

from pipelines.sample_county import AS_OF, REGION, write_county
from pipelines.settings import Settings
from pipelines.warehouse.lock import SHANGHAI
from pipelines.warehouse.publish import current_folder, published_folders
from tests.integration.played_county import Capacity, PlayedCounty
from tests.integration.published_county import published_county
from tests.integration.townships import OPENS_WITH

FULL = Settings.from_environment().full_faults
HOUSEHOLDS = 300
YEAR = 2020
_MONTH_ENDS = [date(YEAR + month // 12, month % 12 + 1, 1) - timedelta(days=1) for month in range(1, 13)]
_BETWEEN = [date(YEAR, 2, 14), date(YEAR, 7, 7), date(YEAR, 9, 25)]
_AFTER = [date(YEAR + 1, 12, 31)]  # the months of watching those who left are over
CAPACITY = Capacity(REGION, 1, date(YEAR, 4, 1), date(YEAR, 10, 31))
SEEN = (
    "opened", "closed", "overdue", "silent", "change notices", "refused files", "state 程序中", "state 监测中", "state 已退出",
    "state 逾期停止", "conflict_ly_procedure missing_step", "deadline_ly_notice short_notice", "deadline_ly_notice running",
    "deadline_ly_quarter due", "exit_ly_lapse lapsed",
)  # fmt: skip
NIGHTS = sorted([*_MONTH_ENDS, *_BETWEEN, *_AFTER])


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> PlayedCounty:
    home = tmp_path_factory.mktemp("year") / "county"
    if FULL:
        write_county(home, HOUSEHOLDS, 11, as_of=NIGHTS[-1], documents=("LY", "FQ", "LS", "FX", "TR"), months=42)
        county = PlayedCounty(home, home.parent, NIGHTS[0], CAPACITY)
        for as_of in NIGHTS:
            county.night(as_of)
            county.townships_answer(as_of)
            print(as_of, dict(county.counts))
        return county
    shutil.copytree(published_county().home, home, symlinks=True)
    county = PlayedCounty(home, home.parent, AS_OF, Capacity(REGION, 0, AS_OF, NIGHTS[-1]))
    county.townships_answer(AS_OF)
    county.night(AS_OF + timedelta(days=31), known_on=datetime.now(SHANGHAI).date())
    return county


def test_the_townships_answered_in_every_way_and_each_got_what_it_should(played):
    assert played.counts["answers"] > 0
    codes = {code for returned in played.sent for code in returned.bad.values()}
    assert "not_filled" in codes and len(codes) >= 3
    assert played.counts["put off"] > 0, "a township's capacity cut its list"
    if FULL:  # one more night of a small county may find nobody new
        assert min(played.counts[seen] for seen in SEEN) > 0


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
        (gone,) = played.tables("SELECT household_no, since FROM fct_register_state WHERE state = '已退出'")
        away = set(gone.iter_rows())  # the sample's own county may have taken some in again
        left = [entry for entry in played.office.watched if (entry.household, entry.until) in away]
        assert left
        folder = current_folder(played.county)
        assert folder
        told = "".join(
            _told("pdftotext", "-raw", str(file), "-") for file in sorted((folder / "households").glob("*.pdf"))
        )
        told = re.sub(r"[\s\u200b]", "", told)
        for entry in left:
            assert entry.until
            household = told[told.index(f"户编号{entry.household}") :].partition("农户档案（一户一档）")[0]
            watched_until = entry.until.replace(year=entry.until.year + 1)
            reviews = [f"{quarter[:4]}年第{quarter[-1]}季度" for quarter in entry.reviews]
            for words in (
                *reviews, f"YJ{entry.household}-", "属实建议纳入", "纳入公开公示", "纳入县级审批", "退出公开公示", "退出县级审批",
                f"退出审批{_chinese(entry.until)}", f"返贫观察期至{_chinese(watched_until)}",
            ):  # fmt: skip
                assert words in household, (entry.household, words)


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


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
