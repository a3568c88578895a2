"""A night looks for rows with one key in every file that can have some, and in no other."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.contract import load_contract
from pipelines.intake.key_reach import key_reach, may_repeat
from pipelines.intake.receipt import Receipt, receipt_from_event

WAGES = load_contract("employment")  # records, a month in the key
MEDICAL = load_contract("medical_settlement")  # records, no day in the key
MEMBERS = load_contract("registry_member")  # a full list


def _receipt(form: str, seq: int, rows: int, period: date = date(2024, 3, 1)) -> Receipt:
    return Receipt(
        seq=seq, file=f"{form}/{seq}.csv", form=form, label="", department="", period="", period_start=period, period_end=None,
        content=str(seq), digest="", received_on=period, order=None, received_at=datetime(2024, 4, 1), loaded=rows, repeats_keys=False,
    )  # fmt: skip


def _wages(*rows: tuple[str | None, date | None, str | None]) -> pl.DataFrame:
    schema = {"person_key": pl.String, "month": pl.Date, "employer": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_a_file_tells_the_days_of_its_keys_and_whether_it_repeats_one():
    march, may = date(2024, 3, 1), date(2024, 5, 1)
    reach = key_reach(WAGES, _wages(("a", may, "甲厂"), ("a", march, "甲厂"), ("a", march, "乙厂"), ("b", march, None)))
    assert (reach.first, reach.last, reach.repeats) == (march, may, False)
    assert key_reach(WAGES, _wages(("a", march, None), ("a", march, None))).repeats
    assert key_reach(WAGES, _wages(("a", march, None), ("b", None, None))).first is None
    assert key_reach(WAGES, _wages()).first is None


def test_a_line_of_the_ledger_without_a_reach_may_repeat_anything():
    known = _receipt("employment", 1, 5)
    event = known.to_event() | {"seq": 1}
    assert receipt_from_event(event) == known
    old = receipt_from_event(
        {name: value for name, value in event.items() if not name.startswith(("key_", "repeats_"))}
    )
    assert may_repeat(WAGES, [old]) == {1}


@pytest.mark.parametrize(("other", "found"), [(date(2024, 3, 1), {1, 2}), (date(2024, 4, 1), set())])
def test_a_full_list_meets_only_another_of_its_period(other, found):
    lists = [_receipt("registry_member", 1, 5), _receipt("registry_member", 2, 5, other)]
    assert may_repeat(MEMBERS, lists) == found


def test_keys_without_a_day_meet_in_any_two_files_but_not_in_one():
    files = [_receipt("medical_settlement", seq, 5) for seq in (1, 2)]
    assert may_repeat(MEDICAL, files) == {1, 2}
    assert may_repeat(MEDICAL, files[:1]) == set()
    assert may_repeat(MEDICAL, [files[0], replace(files[1], loaded=0)]) == set()


_MONTHS = st.integers(1, 9).map(lambda month: date(2024, month, 1))
_FILES = st.lists(st.lists(st.tuples(st.sampled_from("ab"), _MONTHS, st.sampled_from("甲乙")), max_size=5), max_size=6)


@given(_FILES)
def test_every_key_that_stands_twice_stands_only_in_files_that_may_repeat(files):
    receipts = []
    for seq, rows in enumerate(files):
        reach = key_reach(WAGES, _wages(*rows))
        known = _receipt("employment", seq, len(rows))
        receipts.append(replace(known, key_first=reach.first, key_last=reach.last, repeats_keys=reach.repeats))
    found = may_repeat(WAGES, receipts)
    spread = [(seq, {month for _, month, _ in rows}) for seq, rows in enumerate(files) if rows]
    meeting = {
        seq
        for (one, days), (other, others) in itertools.permutations(spread, 2)
        if min(days) <= max(others) and min(others) <= max(days)
        for seq in (one, other)
    }
    repeating = {seq for seq, rows in enumerate(files) if len(set(rows)) < len(rows)}
    assert found == meeting | repeating
    everywhere = [(key, seq) for seq, rows in enumerate(files) for key in rows]
    for key, places in itertools.groupby(sorted(everywhere), key=lambda place: place[0]):
        standing = [seq for _, seq in places]
        assert len(standing) == 1 or set(standing) <= found, key
