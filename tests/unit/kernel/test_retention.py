"""Seven nights and twenty-four month ends stay; the current night always does."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines.county import County
from pipelines.warehouse.extract import state_hash
from pipelines.warehouse.manifest import MANIFEST, Manifest
from pipelines.warehouse.publish import current_folder, make_current, published_folders
from pipelines.warehouse.retention import prune


@pytest.fixture
def county(tmp_path: Path) -> County:
    return County(home=tmp_path, name="样例县", region="350123", documents=("LY",))


def publish(county: County, as_of: date, suffix: str = "", at: str = "") -> Path:
    folder = county.published / f"{as_of}{suffix}"
    folder.mkdir(parents=True)
    Manifest(
        run_id=folder.name,
        as_of=as_of.isoformat(),
        known_on=as_of.isoformat(),
        county=county.name,
        region=county.region,
        code_version="0",
        published_at=at or f"{as_of}T01:30:00+08:00",
        state=state_hash({}),
        tables={},
        files={},
    ).write(folder)
    make_current(county, folder)
    return folder


def kept_days(county: County) -> list[str]:
    return [Manifest.read(folder).as_of for folder in published_folders(county)]


def test_three_years_of_nights_leave_the_last_week_and_two_years_of_month_ends(county: County) -> None:
    day = date(2019, 1, 1)
    while day <= date(2021, 12, 15):
        publish(county, day)
        prune(county)
        day += timedelta(days=1)
    month_ends = [date(2019 + number // 12, number % 12 + 1, 1) - timedelta(days=1) for number in range(12, 36)]
    assert month_ends[-1] == date(2021, 11, 30) and len(month_ends) == 24
    week = [date(2021, 12, 15) - timedelta(days=back) for back in range(7)]
    assert kept_days(county) == sorted(day.isoformat() for day in {*month_ends, *week})


def test_night_of_long_ago_made_today_stays_while_it_is_current(county: County) -> None:
    for back in range(10):
        publish(county, date(2021, 12, 15) - timedelta(days=back), at=f"2021-12-20T0{9 - back}:00:00+08:00")
    folder = publish(county, date(2015, 3, 3), at="2021-12-21T01:30:00+08:00")
    prune(county)
    assert current_folder(county) == folder
    assert len(published_folders(county)) == 7


def test_month_end_published_twice_keeps_the_later(county: County) -> None:
    publish(county, date(2020, 6, 30), "-a", at="2020-07-01T01:30:00+08:00")
    publish(county, date(2020, 6, 30), "-b", at="2020-08-01T01:30:00+08:00")
    for number in range(7):
        publish(county, date(2020, 8, 2) + timedelta(days=number))
    assert prune(county) == ["2020-06-30-a"]


def test_folder_without_a_readable_manifest_goes(county: County) -> None:
    damaged = publish(county, date(2020, 6, 29))
    publish(county, date(2020, 6, 30))
    (damaged / MANIFEST).write_text("{", encoding="utf-8")
    assert prune(county) == ["2020-06-29"]
