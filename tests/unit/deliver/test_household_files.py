"""What a household's file says of its members."""

import polars as pl
import pytest

from pipelines.deliver.household_files import _sex_and_age
from tests.unit.deliver.returned_list import source


@pytest.mark.parametrize(
    ("born", "age"), [("20061125", 14), ("20061126", 13), ("20060703", 14), ("20061203", 13), ("20061101", 14)]
)
def test_age_is_full_years_on_the_day(born, age):
    people = pl.DataFrame({"person_id": [f"350181{born}2316"]})
    assert people.select(*_sex_and_age(source())).row(0) == ("男", age)
