"""The answers of several month ends in one run are those of a night on each of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.commands.history import history_lines
from pipelines.county import County
from pipelines.errors import MistakeError
from pipelines.explain.private_night import build_private, open_warehouse, private_folder
from pipelines.sample_county import AS_OF
from pipelines.serve.trend import PUBLISHED, WORKED_OUT, Trend
from pipelines.settings import Settings
from pipelines.warehouse.gates import ANALYST_FILE
from pipelines.warehouse.manifest import Manifest
from pipelines.warehouse.month_ends import keep_history
from pipelines.warehouse.publish import current_folder
from tests.integration.published_county import published_county
from tests.integration.served_county import user

EARLIER = date(2020, 11, 30)
SETTINGS = Settings.from_environment()
ALIKE = (
    "household_no", "members", "income_status", "disposable_income_yuan", "disposable_income_per_capita_yuan",
    "assessed_income_per_capita_yuan", "watch_line_yuan_per_year", "dibao_line_yuan_per_year", "dibao_result",
)  # fmt: skip


def known_on() -> date:
    return date.fromisoformat(Manifest.read(current_folder(published_county())).known_on)


def incomes(warehouse: Path) -> list[tuple]:
    """A night's households, as far as the history has the same columns."""
    with open_warehouse(warehouse, SETTINGS) as connection:
        return connection.sql("FROM fct_household_income ORDER BY household_no").pl().select(ALIKE).rows()


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> County:
    """A county folder with the published nights, in which a history can be kept."""
    home = tmp_path_factory.mktemp("kept")
    (home / "published").symlink_to(published_county().published)
    return replace(published_county(), home=home)


@pytest.fixture(scope="module")
def history(kept):
    """What a run on AS_OF says of three month ends, and its table of lines; its counts are kept."""
    with private_folder() as folder:
        warehouse = build_private(published_county(), AS_OF, known_on(), SETTINGS, folder, history_months=3)
        with open_warehouse(warehouse, SETTINGS) as connection:
            rows = connection.sql("FROM fct_household_history ORDER BY household_no").pl()
            keep_history(kept, connection)
            return rows, list(history_lines(connection))


def test_the_last_month_end_equals_the_published_night(history):
    rows, _ = history
    published = incomes(current_folder(published_county()) / ANALYST_FILE)
    assert published and rows.filter(as_of=AS_OF).select(ALIKE).rows() == published


def test_an_earlier_month_end_equals_a_night_on_it(history):
    rows, _ = history
    with private_folder() as folder:
        night = incomes(build_private(published_county(), EARLIER, known_on(), SETTINGS, folder))
    assert night and rows.filter(as_of=EARLIER).select(ALIKE).rows() == night


def test_the_lines_name_each_month_end(history):
    _, lines = history
    assert lines[0].startswith("月末")
    assert [line[:10] for line in lines[1:]] == ["2020-10-31", "2020-11-30", "2020-12-31"]


def test_the_pages_trend_takes_published_months_from_nights_and_the_others_from_the_history(history, kept, tmp_path):
    rows, _ = history
    trend = Trend(kept, SETTINGS, tmp_path)
    shown = trend.frame(user("analyst")).filter(类别="低于监测标准")
    assert shown.select("月份", "来源").rows() == [
        (date(2020, 10, 31), WORKED_OUT),
        (EARLIER, WORKED_OUT),
        (AS_OF, PUBLISHED),
    ]
    below = rows.filter(pl.col("is_below_watch_line")).group_by("as_of").agg(pl.len(), pl.col("members").sum())
    assert shown.select("月份", "户数", "人数").rows() == below.sort("as_of").rows()
    parts = [trend.frame(user("township", code)) for code in rows["township_code"].unique()]
    assert sum(part.filter(类别="低保在保")["户数"].sum() for part in parts) == rows["is_on_dibao"].sum()


def test_without_a_history_or_with_a_damaged_one_the_trend_has_nights_only(history, kept, tmp_path):
    elsewhere = replace(kept, home=tmp_path)
    (tmp_path / "published").symlink_to(published_county().published)
    assert set(Trend(elsewhere, SETTINGS, tmp_path).frame(user("analyst"))["来源"]) == {PUBLISHED}
    elsewhere.history.write_bytes(kept.history.read_bytes()[:100])
    assert set(Trend(elsewhere, SETTINGS, tmp_path).frame(user("analyst"))["来源"]) == {PUBLISHED}


def test_an_ordinary_night_has_no_history():
    with (
        open_warehouse(current_folder(published_county()) / ANALYST_FILE, SETTINGS) as connection,
        pytest.raises(MistakeError, match="花名册"),
    ):
        list(history_lines(connection))
