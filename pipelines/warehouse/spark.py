"""A night's models on Spark: its raw rows registered there, and its tables brought home into the night's own file.

Spark reads the lake's Parquet where it lies and writes Parquet into the night's folder: the county folder must be under
the same path for every executor (one machine, or a mounted share). What comes before and after the models is as ever.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from expectations.contract import all_contracts
from pipelines.county import County
from pipelines.errors import MistakeError
from pipelines.intake.form_rows import REJECTED_TYPES
from pipelines.settings import Settings
from pipelines.warehouse.build import BuildResult, run_dbt
from pipelines.warehouse.connect import attach, memory_connection
from pipelines.warehouse.extract import MARTS
from pipelines.warehouse.identity import RunIdentity
from pipelines.warehouse.load import FORM_ROWS, REJECTED_ROWS, form_columns
from pipelines.warehouse.sql import Name, Text, Typed, statement
from pipelines.warehouse.table_key import require_key

_SPARK_TYPES: dict[pl.DataType, str] = {
    pl.String(): "STRING",
    pl.Int64(): "BIGINT",
    pl.Int32(): "INT",
    pl.Decimal(18, 2): "DECIMAL(18,2)",
    pl.Date(): "DATE",
    pl.Datetime("us"): "TIMESTAMP_NTZ",
    pl.Boolean(): "BOOLEAN",
}


class _SparkName(Name):
    """A name as Spark quotes it."""

    def __str__(self) -> str:
        return ".".join("`" + part.replace("`", "``") + "`" for part in self.path)


def build_on_spark(
    county: County, warehouse: Path, work: Path, identity: RunIdentity, settings: Settings, *, lock: int | None = None
) -> BuildResult:
    """Build and test every model on Spark, from the raw schema of `warehouse`, and put the tables into that file.

    Raises what `run_dbt` raises, and MistakeError when Spark's parts are not installed.
    """
    if importlib.util.find_spec("pyspark") is None and importlib.util.find_spec("pyhive") is None:
        raise MistakeError("没有安装 Spark 组件，不能按 SHOUWANG_ENGINE 的设置运行。请先运行 make setup-spark。")
    tables, night = work / "spark", "shouwang_" + identity.run_id.replace("-", "_")
    statements = _raw_statements(county, warehouse, tables, night, settings)
    _write_seeds(settings, tables / "seeds")
    environment = {
        "SHOUWANG_SPARK_SCHEMA": night,
        "SHOUWANG_SPARK_TABLES": str(tables),
        "SHOUWANG_RAW_TABLES": json.dumps(statements, ensure_ascii=False),
    }
    built = run_dbt(warehouse, work, settings, lock, target=settings.engine, environment=environment)
    _bring_home(built.target / "manifest.json", warehouse, tables, night, settings)
    return built


def _raw_statements(county: County, warehouse: Path, tables: Path, night: str, settings: Settings) -> list[str]:
    """The statements that make schemas lake and raw on Spark; the small raw tables are written as Parquet for it."""
    lake, raw = f"{night}_lake", f"{night}_raw"
    made = [statement("CREATE SCHEMA {schema}", schema=_SparkName(schema)) for schema in (lake, raw)]
    for table in _write_small(warehouse, tables / "raw", settings):
        create = "CREATE TABLE {table} USING parquet LOCATION {place}"
        made.append(statement(create, table=_SparkName(raw, table), place=Text(str(tables / "raw" / table))))
    for form, contract in all_contracts().items():
        made.append(_lake_table(_SparkName(lake, form), county.lake / "forms" / form, form_columns(contract)))
        made.append(_raw_view(raw, lake, form, FORM_ROWS, form=Text(form)))
    made.append(_lake_table(_SparkName(lake, "rejected_row"), county.lake / "rejected", REJECTED_TYPES))
    made.append(_raw_view(raw, lake, "rejected_row", REJECTED_ROWS))
    return made


def _write_small(warehouse: Path, folder: Path, settings: Settings) -> list[str]:
    """Write the tables of schema raw (not the views over the lake) to a folder each; returns their names."""
    with memory_connection(settings, folder / "spill") as connection:
        attach(connection, warehouse, "build")
        rows = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'build' AND schema_name = 'raw' ORDER BY 1"
        ).fetchall()
        for (table,) in rows:
            (folder / table).mkdir(parents=True)
            copy = "COPY {table} TO {file} (FORMAT parquet)"
            file = Text(str(folder / table / "rows.parquet"))
            connection.execute(statement(copy, table=Name("build", "raw", table), file=file))
    return [table for (table,) in rows]


def _write_seeds(settings: Settings, folder: Path) -> None:
    """Write every seed to a folder of its own, all columns as texts; the models' own types are put on at loading."""
    with memory_connection(settings, folder / "spill") as connection:
        for file in sorted((settings.dbt_project / "seeds").rglob("*.csv")):
            (folder / file.stem).mkdir(parents=True)
            rows = connection.read_csv(str(file), header=True, all_varchar=True)
            rows.write_parquet(str(folder / file.stem / "rows.parquet"))


def _lake_table(table: Name, folder: Path, columns: dict[str, pl.DataType]) -> str:
    """A Spark table over all Parquet files below a folder of the lake; the receipts say which of them the night knows."""
    typed = [Typed(_SparkName(column), _SPARK_TYPES[kind]) for column, kind in columns.items()]
    create = "CREATE TABLE {table} ({columns}) USING parquet OPTIONS (recursiveFileLookup 'true') LOCATION {place}"
    return statement(create, table=table, columns=typed, place=Text(str(folder)))


def _raw_view(raw: str, lake: str, table: str, query: str, **parts: Text) -> str:
    """raw.<table> on Spark, over lake.<table> and the receipts."""
    places = {"view": _SparkName(raw, table), "rows": _SparkName(lake, table), "receipt": _SparkName(raw, "receipt")}
    return statement("CREATE VIEW {view} AS " + query, **places, **parts)


def _bring_home(manifest: Path, warehouse: Path, tables: Path, night: str, settings: Settings) -> None:
    """Put what Spark wrote into the night's file: marts as tables with keys and comments, all else as views on Parquet."""
    nodes: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    with duckdb.connect(str(warehouse), config={"memory_limit": settings.memory_limit}) as connection:
        for node in nodes.values():
            if node["resource_type"] not in ("model", "seed") or node["config"]["materialized"] == "view":
                continue
            schema = node["schema"].removeprefix(f"{night}_")
            connection.execute(statement("CREATE SCHEMA IF NOT EXISTS {schema}", schema=Name(schema)))
            place = Name(schema, node["alias"])
            files = Text(f"{tables}/{node['schema']}/{node['alias']}/*.parquet")
            if schema == MARTS:
                _make_mart(connection, place, node, files)
            else:
                view = "CREATE VIEW {place} AS SELECT * FROM read_parquet({files})"
                connection.execute(statement(view, place=place, files=files))
        connection.execute("CHECKPOINT")


def _make_mart(connection: duckdb.DuckDBPyConnection, place: Name, node: dict[str, Any], files: Text) -> None:
    """One mart under its contract: types, not-null columns, primary key, comments, and the rows of its files."""
    columns = node["columns"].values()
    typed = [Typed(Name(column["name"]), column["data_type"] + _not_null(column["constraints"])) for column in columns]
    connection.execute(statement("CREATE TABLE {place} ({columns})", place=place, columns=typed))
    insert = "INSERT INTO {place} BY NAME SELECT * FROM read_parquet({files})"
    connection.execute(statement(insert, place=place, files=files))
    for rule in node["constraints"]:
        if rule["type"] == "primary_key":
            require_key(connection, place, rule["columns"])
    about = "COMMENT ON TABLE {place} IS {text}"
    connection.execute(statement(about, place=place, text=Text(node["description"])))
    for column in columns:
        named = Name(*place.path, column["name"])
        about = "COMMENT ON COLUMN {named} IS {text}"
        connection.execute(statement(about, named=named, text=Text(column["description"])))


def _not_null(constraints: list[dict[str, Any]]) -> str:
    """The words that a column's type is followed by."""
    return " NOT NULL" if any(rule["type"] == "not_null" for rule in constraints) else ""
