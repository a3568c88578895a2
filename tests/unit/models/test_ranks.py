"""Ranks and bands of a county that is scored some households at a time, and whom its townships then visit."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl
import pytest

from models.county_features import COUNTY_SCHEMA
from models.floor import floor_tables
from models.release import Release
from pipelines.county import County
from pipelines.errors import BuildError
from pipelines.risk import tables
from pipelines.risk.score import Choice, write_scores
from pipelines.risk.visits import plan_visits
from pipelines.warehouse.identity import RunIdentity
from tests.unit.models.made_up import made_up_panel

FLOOR = Release("floor", COUNTY_SCHEMA.version, floor_tables(COUNTY_SCHEMA))
DAY = made_up_panel(400, origins=1, seed=5).with_columns(pl.lit("350181").alias("region_code"), is_monitored=False)
FEEDS = pl.DataFrame({"feed": COUNTY_SCHEMA.feeds}).with_columns(data_on=pl.lit(date(2020, 10, 31)))
MONTH_END = RunIdentity("run", date(2018, 1, 31), date(2018, 2, 1), "test")


def scored(households_at_a_time, monkeypatch):
    """A build whose 400 households of four townships were scored so many at a time."""
    monkeypatch.setattr(tables, "AT_A_TIME", households_at_a_time)
    connection = duckdb.connect()
    for schema in ("intermediate", "marts", "staging"):
        connection.execute(f"CREATE SCHEMA {schema}")
    connection.register("day", DAY.to_arrow())
    connection.execute("CREATE TABLE intermediate.int_risk_feature AS FROM day")
    told = write_scores(connection, Choice(FLOOR, "", [], [], {}), FEEDS, "医保")
    assert told == 400
    return connection


@pytest.fixture
def whole(monkeypatch):
    return scored(1_000, monkeypatch)


def test_ranks_follow_scores(whole):
    scores = whole.sql("FROM marts.fct_risk_score ORDER BY rank_in_county").pl()
    assert scores["rank_in_county"].to_list() == list(range(1, 401))
    assert scores["score"].is_sorted(descending=True)
    inside = DAY.select("household_no", "township_code").join(scores, on="household_no").sort("rank_in_county")
    for (_,), township in inside.group_by("township_code", maintain_order=True):
        assert township["rank_in_township"].to_list() == list(range(1, 101))
    assert scores["feeds_missing"].unique().to_list() == ["医保"]


def test_bands_are_shares_of_the_county(whole):
    bands = whole.sql(
        "SELECT band, min(rank_in_county), max(rank_in_county) FROM marts.fct_risk_score GROUP BY band ORDER BY 2"
    )
    assert bands.fetchall() == [("高", 1, 8), ("较高", 9, 40), ("关注", 41, 120), ("一般", 121, 400)]


def test_equal_scores_rank_by_household_number(whole):
    alike = DAY.with_columns(pl.lit(1.0).alias(name) for name in COUNTY_SCHEMA.names)
    whole.register("alike", alike.to_arrow())
    whole.execute("CREATE OR REPLACE TABLE intermediate.int_risk_feature AS FROM alike ORDER BY hash(household_no)")
    write_scores(whole, Choice(FLOOR, "", [], [], {}), FEEDS, "")
    numbers = whole.sql("SELECT household_no FROM marts.fct_risk_score ORDER BY rank_in_county").pl()
    assert numbers["household_no"].is_sorted()


def test_a_household_scored_twice_stops_the_night(whole):
    whole.execute("INSERT INTO intermediate.int_risk_feature FROM intermediate.int_risk_feature LIMIT 1")
    with pytest.raises(BuildError, match="fct_risk_score 中有几行的键（household_no）相同"):
        write_scores(whole, Choice(FLOOR, "", [], [], {}), FEEDS, "")


def test_how_many_are_scored_at_a_time_changes_nothing(whole, monkeypatch):
    parts = scored(64, monkeypatch)
    for table in ("fct_risk_score", "fct_risk_reason"):
        rows = f"FROM marts.{table} ORDER BY ALL"
        assert whole.sql(rows).pl().equals(parts.sql(rows).pl()), table


def with_room(connection):
    """The tables that visits are planned from beside the scores: room for five visits a township, nothing seen before."""
    connection.execute("""
        CREATE TABLE intermediate.int_threshold AS SELECT DATE '2018-01-28' AS as_of, '350181' AS region_code, 90 AS silent_days;
        CREATE TABLE marts.fct_warning AS SELECT 'H00000' AS household_no, '待核实' AS status;
        CREATE TABLE staging.stg_visit_record (household_no VARCHAR, visited_on DATE);
        CREATE TABLE intermediate.int_warning_verdict (warning_no VARCHAR, verified_on DATE);
        CREATE TABLE intermediate.int_parameter_at AS
            SELECT DATE '2018-01-31' AS as_of, 'scorer' AS clause, 'visits_per_month' AS parameter,
                '35018110' || township AS region_code, '5' AS value
            FROM range(4) AS townships(township)
    """)
    return connection


def test_visits_are_chosen_township_by_township_however_many_at_a_time(whole, monkeypatch, tmp_path):
    (tmp_path / "county.yml").write_text("name: 某县\nregion: '350181'\ndocuments: [FQ]\n", encoding="utf-8")
    county = County.open(tmp_path)
    together = plan_visits(with_room(whole), county, FLOOR, MONTH_END)
    assert together.group_by("township_code").len()["len"].to_list() == [5] * 4
    assert together.group_by("township_code").agg((pl.col("why") == "随机抽查").sum())["why"].to_list() == [1] * 4
    assert "H00000" not in together["household_no"]
    monkeypatch.setattr(tables, "AT_A_TIME", 150)
    assert plan_visits(whole, county, FLOOR, MONTH_END).equals(together)
    inside = RunIdentity("run", date(2018, 1, 30), date(2018, 2, 1), "test")
    assert plan_visits(whole, county, FLOOR, inside).is_empty()
