"""What a household's file says of its members."""

import polars as pl
import pytest

from pipelines.deliver.household_files import _batches, _sex_and_age
from tests.unit.deliver.returned_list import source


@pytest.mark.parametrize(
    ("born", "age"), [("20061125", 14), ("20061126", 13), ("20060703", 14), ("20061203", 13), ("20061101", 14)]
)
def test_age_is_full_years_on_the_day(born, age):
    people = pl.DataFrame({"person_id": [f"350181{born}2316"]})
    assert people.select(*_sex_and_age(source())).row(0) == ("男", age)


def test_households_are_read_some_villages_at_a_time_and_none_is_divided(monkeypatch):
    monkeypatch.setattr("pipelines.deliver.household_files._MOST_HELD", 5)
    sizes = [2, 2, 1, 3, 9, 1, 1]
    facts = pl.DataFrame({"region_code": [str(place) for place, size in enumerate(sizes) for _ in range(size)]})
    facts = facts.with_row_index("household_no")
    batches = list(_batches(facts))
    assert [batch["region_code"].unique(maintain_order=True).to_list() for batch in batches] == [
        ["0", "1", "2"], ["3"], ["4"], ["5", "6"],
    ]  # fmt: skip
    assert pl.concat(batches).equals(facts)
