"""What left the county is remembered, and the next paper is held against it."""

from datetime import date

import polars as pl
import pytest

from pipelines.county import County
from pipelines.deliver.sent import EVENT, FEED, OUTSIDE, last_sent, record_sent
from pipelines.deliver.suppression import HIDDEN, suppressed, suppressed_total
from pipelines.intake.ledger import read_events
from pipelines.warehouse.identity import RunIdentity
from tests.unit.deliver.returned_list import AS_OF, source

ROWS = pl.DataFrame([("3501810001", 3, 812300, False)], schema=["household_no", "members", "fen", "has"], orient="row")


@pytest.fixture
def county(tmp_path):
    return County(home=tmp_path, name="某县", region="350181", documents=("TR",))


def _night(as_of: str, known_on: str = "2021-12-31") -> RunIdentity:
    return RunIdentity("x", date.fromisoformat(as_of), date.fromisoformat(known_on), "v")


def test_a_feed_is_known_to_later_nights_only_and_to_those_who_knew_as_much(county):
    assert record_sent(county, source(), FEED, ROWS)
    last = last_sent(county, _night("2020-12-31"), FEED)
    assert (last.as_of, last.rows.rows()) == (AS_OF, ROWS.rows())
    for night in (_night("2020-11-25"), _night("2020-12-31", known_on="2020-11-01")):
        assert last_sent(county, night, FEED).as_of is None
    assert last_sent(county, _night("2020-12-31"), OUTSIDE).rows.is_empty()


def test_a_night_done_again_sends_once_and_its_last_word_counts(county):
    changed = ROWS.with_columns(fen=pl.lit(900000))
    assert [record_sent(county, source(), FEED, rows) for rows in (ROWS, ROWS, changed)] == [True, False, True]
    assert len([event for event in read_events(county) if event["event"] == EVENT]) == 2
    assert last_sent(county, _night("2020-12-31"), FEED).rows["per_capita_fen"].to_list() == [900000]


def _release(people, last):
    rows = pl.DataFrame(
        {"part": ["a"] * len(people), "people": people, "last_people": last},
        schema={"part": pl.String, "people": pl.Int64, "last_people": pl.String},
    )
    return suppressed(rows, ["people"], "part", 7)["people"].to_list()


def test_a_number_stays_as_it_was_last_given_out_until_it_has_clearly_changed():
    assert _release([13, 14, 15, 30, 41], ["10", "10", "10", "30", None]) == ["10", "10", "15", "30", "40"]
    assert suppressed_total(1234, 7, "1230") == "1230"
    assert suppressed_total(1236, 7, "1230") == "1235"


def test_a_number_that_was_hidden_comes_out_only_when_it_is_clearly_larger():
    assert _release([9, 12, 30], [HIDDEN, HIDDEN, "30"]) == [HIDDEN, HIDDEN, "30"]
    assert _release([13, 13, 30], [HIDDEN, HIDDEN, "30"]) == ["15", "15", "30"]


def test_nobody_left_is_said_as_nothing_and_never_hidden_behind_an_old_number():
    assert _release([0, 40, 40], ["5", "40", "0"])[0] == "0"
    assert _release([0, 40, 40], ["5", "40", "0"])[2] == "40"


def test_no_two_releases_differ_by_less_than_five():
    last = "20"
    for count in (20, 21, 22, 23, 24, 23, 22, 24, 26, 25, 24, 22, 28):
        now = _release([count, 50, 50], [last, "50", "50"])[0]
        assert now == last or abs(int(now) - int(last)) >= 5
        assert now == last or abs(count - int(last)) >= 5
        last = now
