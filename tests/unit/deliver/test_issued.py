"""What was handed out can be worked out again from the ledger, for any night and any K."""

import json
from datetime import date

import pytest

from pipelines.county import County
from pipelines.deliver.issued import issued_before, record_issued, replay
from pipelines.intake.ledger import append_events, read_events
from pipelines.warehouse.identity import RunIdentity

FIRST, SECOND = "YJ1-20201126", "YJ2-20201126"


def _event(as_of, known_on="2020-12-31", **parts):
    empty = {"opened": [], "reopened": [], "merged": [], "closed": []}
    return {"event": "warnings", "as_of": as_of, "known_on": known_on, "run_id": f"{as_of}-x", **empty, **parts}


def _opened(number, rules="income_fell", issued="2020-11-26"):
    return {
        "warning_no": number,
        "household_no": number[2],
        "issued_on": issued,
        "due_on": "2020-12-03",
        "rule_ids": rules,
    }


OPENING = _event("2020-11-25", opened=[_opened(FIRST), _opened(SECOND)])
MERGING = _event("2020-11-26", merged=[{"warning_no": FIRST, "rule_ids": "income_fell;job_lost"}])
CLOSING = _event("2020-11-27", closed=[{"warning_no": SECOND, "closed_on": "2020-11-28", "cause": "预警原因已消除"}])
REOPENING = _event("2020-11-28", reopened=[_opened(SECOND) | {"due_on": "2020-12-04"}])


@pytest.fixture
def county(tmp_path):
    return County(home=tmp_path, name="某县", region="350181", documents=("FQ",))


def _night(as_of, known_on="2021-01-01"):
    return RunIdentity("x", date.fromisoformat(as_of), date.fromisoformat(known_on), "v")


def test_the_state_follows_from_the_events_alone():
    issued = replay([OPENING, MERGING, CLOSING])
    rows = {row["warning_no"]: row for row in issued.warnings.iter_rows(named=True)}
    assert rows[FIRST]["rule_ids"] == "income_fell;job_lost"
    assert rows[FIRST]["is_open"]
    assert (rows[SECOND]["is_open"], rows[SECOND]["closed_on"]) == (False, date(2020, 11, 28))
    since = {(row["warning_no"], row["rule_id"]): row["since"] for row in issued.rules.iter_rows(named=True)}
    assert since[FIRST, "income_fell"] == date(2020, 11, 26)
    assert since[FIRST, "job_lost"] == date(2020, 11, 27)


def test_a_warning_whose_reasons_come_back_keeps_its_number_and_day():
    row = replay([OPENING, CLOSING, REOPENING]).warnings.filter(warning_no=SECOND).row(0, named=True)
    assert (row["is_open"], row["issued_on"], row["due_on"]) == (True, date(2020, 11, 26), date(2020, 12, 4))


def test_a_night_sees_the_nights_before_it_and_nothing_that_was_not_known(county):
    late = _event("2020-11-26", known_on="2021-06-30", opened=[_opened("YJ3-20201127", issued="2020-11-27")])
    append_events(county, [OPENING, MERGING, late, CLOSING])
    assert issued_before(county, _night("2020-11-25")).warnings.is_empty()
    assert issued_before(county, _night("2020-11-26")).warnings.height == 2
    assert issued_before(county, _night("2020-11-27")).rules.height == 3
    assert (
        issued_before(county, _night("2020-11-27", "2021-07-01")).warnings["warning_no"].to_list()[-1] == "YJ3-20201127"
    )
    assert not issued_before(county, _night("2020-11-28")).warnings["is_open"].all()


def test_of_a_night_done_again_what_was_handed_out_last_counts(county):
    append_events(county, [OPENING, _event("2020-11-25", opened=[_opened(FIRST)])])
    assert issued_before(county, _night("2020-11-26")).warnings["warning_no"].to_list() == [FIRST]


def test_a_night_is_recorded_once_and_an_old_one_worked_out_again_hands_nothing_out(county):
    assert record_issued(county, json.loads(json.dumps(OPENING)))
    assert not record_issued(county, OPENING | {"run_id": "other code, same outcome"})
    assert record_issued(county, MERGING)
    assert not record_issued(county, OPENING | {"opened": []})
    assert [event["as_of"] for event in read_events(county)] == ["2020-11-25", "2020-11-26"]
