"""A township's list in order, cut where its capacity ends, and the record of the order."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.county import County
from pipelines.deliver.deferred import EVENT, cut_lists, record_order
from pipelines.deliver.source import Source
from pipelines.deliver.verification_list import Listed
from pipelines.intake.ledger import read_events

DAY = date(2020, 12, 31)
TOWN, OTHER_TOWN = "350181103", "350181104"

# household, township, kind, due_on, severity, score: the order of 渔溪镇 is by deadline, then severity, then score, then number
LISTED = (
    ("H6", TOWN, "warning", date(2021, 1, 8), 1, 0.9),
    ("H5", TOWN, "warning", date(2021, 1, 7), 2, None),
    ("H4", TOWN, "warning", date(2021, 1, 7), 2, 0.2),
    ("H3", TOWN, "warning", date(2021, 1, 7), 2, 0.3),
    ("H2", TOWN, "warning", date(2021, 1, 7), 2, 0.3),
    ("H1", TOWN, "warning", date(2021, 1, 7), 1, 0.1),
    ("H7", TOWN, "notice", None, None, 0.5),
    ("H8", OTHER_TOWN, "warning", date(2021, 1, 7), 1, 0.5),
    ("H9", OTHER_TOWN, "warning", date(2021, 1, 7), 1, 0.4),
)


def night(capacity: int | None) -> Source:
    """A night with LISTED on its lists, where the first township can verify so many warnings."""
    connection = duckdb.connect()
    rows = pl.DataFrame(
        LISTED, schema=["household_no", "township_code", "kind", "due_on", "severity", "score"], orient="row"
    ).with_columns(warning_no="W" + pl.col("household_no"), region_code=pl.col("township_code") + "200")
    connection.register("rows", rows.to_arrow())
    connection.execute("""
        CREATE SCHEMA marts; CREATE SCHEMA intermediate; CREATE SCHEMA policy; CREATE SCHEMA staging;
        CREATE TABLE marts.rpt_verification_list AS
            SELECT * EXCLUDE (score), DATE '2020-12-31' AS as_of, '' AS township, '' AS village, '' AS reason_text, '' AS visit_focus
            FROM rows;
        CREATE TABLE marts.fct_risk_score AS SELECT household_no, score FROM rows WHERE score IS NOT NULL;
        CREATE TABLE marts.fct_risk_run AS SELECT '' AS told;
        CREATE TABLE marts.fct_risk_visit (visit_no VARCHAR, household_no VARCHAR, as_of DATE, reason_text VARCHAR, due_on DATE);
        CREATE TABLE intermediate.int_warning_household
            (as_of DATE, household_no VARCHAR, township_code VARCHAR, township VARCHAR, region_code VARCHAR, village VARCHAR);
        CREATE TABLE policy.warning_rule (rule_id VARCHAR, visit_focus VARCHAR);
        CREATE TABLE intermediate.int_monitored (household_no VARCHAR, helper VARCHAR);
        CREATE TABLE staging.stg_visit_record (household_no VARCHAR, visited_on DATE, visitor VARCHAR);
        CREATE TABLE intermediate.int_parameter_at
            (region_code VARCHAR, as_of DATE, clause VARCHAR, parameter VARCHAR, value VARCHAR)
    """)
    if capacity is not None:
        connection.execute(
            "INSERT INTO intermediate.int_parameter_at VALUES ($region, $day, 'warning', 'township_capacity', $most)",
            {"region": TOWN + "200", "day": DAY, "most": str(capacity)},
        )
    return Source(connection, "run", DAY, date(2021, 1, 1), "某县", "350181", (), Path())


@pytest.fixture
def county(tmp_path: Path) -> County:
    (tmp_path / "county.yml").write_text("name: 某县\nregion: '350181'\ndocuments: [FQ]\n", encoding="utf-8")
    (tmp_path / "lake").mkdir()
    return County.open(tmp_path)


@pytest.mark.parametrize("capacity", [1, 4, 5])
def test_the_earliest_gravest_and_riskiest_go_first_and_the_rest_wait(capacity: int) -> None:
    rows = Listed(night(capacity)).of(TOWN)
    warnings = rows.filter(pl.col("kind") == "warning")
    assert warnings["household_no"].to_list() == ["H1", "H2", "H3", "H4", "H5", "H6"]
    assert warnings["place"].to_list() == [1, 2, 3, 4, 5, 6]
    assert warnings["is_within"].to_list() == [place <= capacity for place in range(1, 7)]
    assert rows.filter(pl.col("kind") == "notice")["is_within"].all(), "a notice takes nobody's place"


@pytest.mark.parametrize("capacity", [None, 6])
def test_where_there_is_room_nobody_waits_and_nothing_is_recorded(capacity: int | None, county: County) -> None:
    source = night(capacity)
    listed = Listed(source)
    assert listed.of(TOWN)["is_within"].all()
    assert cut_lists(listed).is_empty()
    assert not record_order(county, source, listed)


def test_the_order_of_a_cut_is_recorded_once_for_each_order(county: County) -> None:
    source = night(4)
    assert record_order(county, source, Listed(source))
    again = night(4)
    assert not record_order(county, again, Listed(again)), "the same night done again hands out the same"
    roomier = night(5)
    assert record_order(county, roomier, Listed(roomier))
    events = [event for event in read_events(county) if event["event"] == EVENT]
    assert [set(event["townships"]) for event in events] == [{TOWN}, {TOWN}]
    assert events[0]["townships"][TOWN] == {
        "capacity": 4,
        "handed_out": ["WH1", "WH2", "WH3", "WH4"],
        "put_off": ["WH5", "WH6"],
    }
    assert events[1]["townships"][TOWN]["put_off"] == ["WH6"]
