"""The machine's clock jumps between nights, back and forth: no file is left out, nothing is published half or lost."""

from __future__ import annotations

import functools
import random
import shutil
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from pipelines import audit, night
from pipelines.county import County
from pipelines.intake.ledger import read_receipts
from pipelines.intake.receive import receive
from pipelines.night import run_night
from pipelines.recovery import roll_back, verify
from pipelines.settings import Settings
from pipelines.warehouse import identity, lock
from pipelines.warehouse.invariants import broken
from pipelines.warehouse.manifest import Manifest, folder_damage
from pipelines.warehouse.publish import current_folder

from .small_county import AS_OF, drop_file, stand_in, write_small_county

SETTINGS = Settings.from_environment()
JUMPS = 40 if SETTINGS.full_faults else 6
MOMENTS = (
    "2021-01-31 23:59:59", "2021-02-01 00:00:01", "2024-02-29 12:00:00", "2024-03-01 00:00:00", "2021-12-31 23:59:59",
    "2022-01-01 00:00:00", "2020-07-01 01:30:00", "2038-01-19 03:14:08", "2021-06-30 01:30:00", "2021-06-29 01:30:00",
)  # fmt: skip


class Clock:
    """A clock that can be set."""

    def __init__(self) -> None:
        self.now = datetime(2021, 1, 1, 1, 30)

    def read(self, zone: tzinfo | None = None) -> datetime:
        return self.now.replace(tzinfo=zone)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of nights, intake, lock and audit in this process, which also goes without dbt, scorer and papers."""
    clock = Clock()
    faked = type("FakedDatetime", (datetime,), {"now": staticmethod(clock.read)})
    for module in (night, audit, lock):
        monkeypatch.setattr(module, "datetime", faked)
    for name in ("run_dbt", "score_night", "write_all", "hand_out"):
        monkeypatch.setattr(night, name, getattr(night, name))
    monkeypatch.setattr(identity, "code_version", lambda _: "test")
    monkeypatch.setattr(night, "receive", functools.partial(receive, now=clock.read))
    stand_in(night)
    return clock


def test_jumps_leave_no_file_out_and_nothing_half(tmp_path: Path, clock: Clock) -> None:
    chance, told = random.Random(40), []
    county, undisturbed = (write_small_county(tmp_path / name, ["2020-01"]) for name in ("jumping", "undisturbed"))
    for number in range(JUMPS):
        jump = timedelta(days=chance.choice((-400, -40, -1, 0, 1, 40)), seconds=chance.randrange(86_400))
        clock.now = datetime.fromisoformat(chance.choice(MOMENTS)) + jump
        for home in (county, undisturbed):
            drop_file(home, f"2020-{2 + number % 5:02}").rename(
                home.landing / "employment" / f"2020-01-补{number:02}.csv"
            )
        before = current_folder(county)
        report = _night(county, clock, told)
        assert broken(county) == [] and current_folder(county) == report
        assert before is None or not before.exists() or folder_damage(before) == []
        assert len(read_receipts(county)) == number + 2, "a file was left in the landing folder"
    clock.now = datetime(2040, 1, 1)
    assert Manifest.read(_night(undisturbed, clock, [])).state == Manifest.read(_night(county, clock, told)).state
    assert verify(county, SETTINGS, lambda _line: None) == []
    behind = [line for line in told if line.startswith("时钟")]
    print(f"\n{JUMPS} clock jumps: every file known, the same state; told {len(behind)} times that the clock is behind")
    assert behind


def _night(county: County, clock: Clock, told: list[str]) -> Path:
    """A night; where the clock is before the as-of day, of the day before the clock's."""
    as_of = min(date.fromisoformat(AS_OF), clock.now.date())
    return run_night(county, as_of, progress=told.append, settings=SETTINGS).folder


def test_a_night_published_with_the_clock_behind_can_be_rolled_back(tmp_path: Path, clock: Clock) -> None:
    county = write_small_county(tmp_path / "county")
    first = _night(county, clock, [])
    clock.now -= timedelta(days=40)
    drop_file(county, "2020-06").rename(county.landing / "employment" / "2020-06-补.csv")
    second = _night(county, clock, [])
    assert first != second and current_folder(county) == second
    assert roll_back(county, first.name) == first
    shutil.rmtree(second)
    assert folder_damage(first) == []
