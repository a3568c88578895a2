"""The published tables as Parquet say what the warehouse says."""

from __future__ import annotations

import duckdb

from pipelines.cli import run
from pipelines.warehouse.gates import ANALYST_FILE
from tests.integration.published_county import published_county


def test_every_table_reads_back_the_same(tmp_path, capsys):
    county = published_county()
    target = tmp_path / "parquet"
    assert run(["parquet", str(target), "--home", str(county.home)]) == 0
    reader = duckdb.connect()
    reader.execute(f"ATTACH '{(county.published / 'current').resolve() / ANALYST_FILE}' AS night (READ_ONLY)")
    tables = reader.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'night'").fetchall()
    assert {file.stem for file in target.glob("*.parquet")} == {name for (name,) in tables}
    for (name,) in tables:
        file = target / f"{name}.parquet"
        both = f"(FROM night.main.{name} EXCEPT ALL FROM '{file}') UNION ALL (FROM '{file}' EXCEPT ALL FROM night.main.{name})"
        assert reader.execute(both).fetchall() == [], name
    told = reader.read_csv(str(target / "字段说明.csv")).filter("字段 = 'household_no'").project("说明").fetchall()
    assert told and all(text.startswith("户编号") for (text,) in told)
    capsys.readouterr()
    assert run(["parquet", str(target), "--home", str(county.home)]) == 2
    assert "已经存在" in capsys.readouterr().err
