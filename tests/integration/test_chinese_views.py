"""Every published table can be read under Chinese column names."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.warehouse.chinese_views import chinese_view
from pipelines.warehouse.gates import ANALYST_FILE
from tests.integration.published_county import published_county


@pytest.fixture(scope="module")
def warehouse():
    file = published_county().published / "current" / ANALYST_FILE
    with duckdb.connect(file.resolve(), read_only=True) as connection:
        yield connection


def test_every_table_has_its_view_and_every_column_a_chinese_name(warehouse):
    tables = warehouse.execute("SELECT table_name, comment FROM duckdb_tables() WHERE schema_name = 'main'").fetchall()
    assert tables
    for table, comment in tables:
        view = chinese_view(table)
        columns = warehouse.execute(f"DESCRIBE {view}").fetchall()
        unnamed = [name for name, *_ in columns if name.isascii()]
        assert not unnamed, f"{view}: {unnamed}"
        assert len(columns) == len(warehouse.execute(f"DESCRIBE {table}").fetchall())
        (told,) = warehouse.execute("SELECT comment FROM duckdb_views() WHERE view_name = $1", [view]).fetchone()
        assert told == comment


def test_a_view_says_what_its_table_says(warehouse):
    in_chinese = warehouse.execute(
        "SELECT 户编号, 人均可支配收入 FROM v_fct_household_income_cn ORDER BY ALL"
    ).fetchall()
    assert (
        in_chinese
        == warehouse.execute(
            "SELECT household_no, disposable_income_per_capita_yuan FROM fct_household_income ORDER BY ALL"
        ).fetchall()
    )
