"""What surrounds the models on Spark, without Spark: what is told to it, and what becomes of the files it leaves.

Whether Spark gives the same answers is for `make parity`.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from expectations.contract import all_contracts
from pipelines.county import County
from pipelines.errors import BuildError, MistakeError
from pipelines.settings import Settings, SettingsError
from pipelines.warehouse import spark
from pipelines.warehouse.build import BuildResult
from pipelines.warehouse.identity import RunIdentity
from pipelines.warehouse.load import load_raw
from pipelines.warehouse.sql import Name, Text

IDENTITY = RunIdentity("2020-06-30-abc", date(2020, 6, 30), date(2020, 7, 1), "test")
CONTRACT = {
    "columns": {
        name: {"name": name, "data_type": kind, "description": said, "constraints": rules}
        for name, kind, said, rules in (
            ("household_no", "string", "户编号。乡村振兴系统的农户编号", [{"type": "not_null"}]),
            ("income_yuan", "decimal(18,2)", "收入。元/年", []),
        )
    },
    "constraints": [{"type": "primary_key", "columns": ["household_no"]}],
    "description": "农户收入。每行一户",
}


def node(schema: str, name: str, materialized: str, **contract: object) -> dict[str, object]:
    return {
        "resource_type": "model", "schema": f"shouwang_2020_06_30_abc_{schema}", "alias": name,
        "config": {"materialized": materialized}, "columns": {}, "constraints": [], "description": "", **contract,
    }  # fmt: skip


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[County, Path, dict[str, str]]:
    """A county without a file, its raw schema, and a stand-in for dbt that leaves what Spark would have left."""
    (tmp_path / "county.yml").write_text("name: 甲县\nregion: '350181'\ndocuments: [FQ]\n", encoding="utf-8")
    county, told = County.open(tmp_path), {}
    load_raw(county, tmp_path / "warehouse.duckdb", IDENTITY)

    def leave_files(
        _warehouse: Path,
        work: Path,
        _settings: Settings,
        _lock: int | None,
        *,
        target: str,
        environment: Mapping[str, str],
    ) -> BuildResult:
        told.update(environment, target=target)
        tables = Path(environment["SHOUWANG_SPARK_TABLES"])
        for schema, name, query in (
            ("marts", "fct_income", "SELECT 12.50::DECIMAL(18,2) AS income_yuan, 'h1' AS household_no"),
            ("intermediate", "int_day", "SELECT DATE '2020-06-30' AS as_of"),
        ):
            folder = tables / f"{environment['SHOUWANG_SPARK_SCHEMA']}_{schema}" / name
            folder.mkdir(parents=True)
            duckdb.sql(query).write_parquet(str(folder / "part-0.parquet"))
        nodes = {
            "a": node("marts", "fct_income", "table", **CONTRACT),
            "b": node("intermediate", "int_day", "table"),
            "c": node("findings", "warning_job_lost", "view"),
        }
        (work / "manifest.json").write_text(json.dumps({"nodes": nodes}), encoding="utf-8")
        return BuildResult((), work)

    monkeypatch.setattr(spark, "run_dbt", leave_files)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: object())
    settings = replace(Settings.from_environment(), engine="spark")
    spark.build_on_spark(county, tmp_path / "warehouse.duckdb", tmp_path, IDENTITY, settings)
    return county, tmp_path / "warehouse.duckdb", told


def test_every_raw_table_is_registered_under_the_nights_own_name(night: tuple[County, Path, dict[str, str]]) -> None:
    county, warehouse, told = night
    statements = json.loads(told["SHOUWANG_RAW_TABLES"])
    assert told["target"] == "spark"
    connection = duckdb.connect(str(warehouse), read_only=True)
    raw = connection.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'raw'").fetchall()
    connection.close()
    assert {name for (name,) in raw} >= set(all_contracts())
    for (name,) in raw:
        assert any(f"`shouwang_2020_06_30_abc_raw`.`{name}`" in made.split(" AS ")[0] for made in statements), name
    assert any(f"LOCATION '{county.lake}/forms/employment'" in made for made in statements)
    assert (county.home / "spark" / "raw" / "receipt" / "rows.parquet").is_file()
    assert (county.home / "spark" / "seeds" / "parameter" / "rows.parquet").is_file()
    assert not any('"' in made for made in statements)  # a text to Spark


def test_marts_come_home_under_their_contract(night: tuple[County, Path, dict[str, str]]) -> None:
    _, warehouse, _ = night
    connection = duckdb.connect(str(warehouse))
    columns = connection.execute(
        "SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns() WHERE table_name = 'fct_income'"
        " ORDER BY column_index"
    ).fetchall()
    assert columns == [
        ("household_no", "VARCHAR", False, "户编号。乡村振兴系统的农户编号"),
        ("income_yuan", "DECIMAL(18,2)", True, "收入。元/年"),
    ]
    assert [str(cell) for cell in connection.execute("FROM marts.fct_income").fetchall()[0]] == ["h1", "12.50"]
    assert connection.execute("FROM intermediate.int_day").fetchall() == [(date(2020, 6, 30),)]
    with pytest.raises(duckdb.ConstraintException):
        connection.execute("INSERT INTO marts.fct_income VALUES (NULL, 1)")
    connection.close()


def test_a_household_that_comes_home_twice_stops_the_night(tmp_path: Path) -> None:
    files = tmp_path / "part-0.parquet"
    duckdb.sql("SELECT 12.50::DECIMAL(18,2) AS income_yuan, 'h1' AS household_no FROM range(2)").write_parquet(
        str(files)
    )
    connection = duckdb.connect()
    with pytest.raises(BuildError, match=r"表 fct_income 中有几行的键（household_no）相同"):
        spark._make_mart(connection, Name("fct_income"), CONTRACT, Text(str(files)))


def test_mistakes_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUWANG_ENGINE", "flink")
    with pytest.raises(SettingsError, match="SHOUWANG_ENGINE 的值“flink”不对：应为 duckdb、spark"):
        Settings.from_environment()
    monkeypatch.setenv("SHOUWANG_ENGINE", "spark_thrift")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    (tmp_path / "county.yml").write_text("name: 甲县\nregion: '350181'\ndocuments: [FQ]\n", encoding="utf-8")
    with pytest.raises(MistakeError, match="make setup-spark"):
        spark.build_on_spark(
            County.open(tmp_path), tmp_path / "w.duckdb", tmp_path, IDENTITY, Settings.from_environment()
        )
