"""The same models on DuckDB and on a Spark cluster of one driver and two executors: no row of any mart may differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.county import County
from pipelines.intake.receive import receive
from pipelines.settings import Settings
from pipelines.warehouse.build import BuildResult, run_dbt
from pipelines.warehouse.extract import write_analyst_file
from pipelines.warehouse.identity import identify
from pipelines.warehouse.load import load_raw
from pipelines.warehouse.lock import hold
from pipelines.warehouse.spark import build_on_spark
from tests.integration.samples import COUNTIES, as_of, copy_county
from tests.untested import cannot_test

KNOWN_ON = date(2026, 1, 1)
COMPARED = COUNTIES if Settings.from_environment().full_faults else COUNTIES[:1]
CLUSTER = {
    "SHOUWANG_SPARK": "local-cluster[2,1,1024]",
    "SHOUWANG_SPARK_PARTITIONS": "2",
    "SPARK_LOCAL_IP": "127.0.0.1",
    # quick starts are worth more here than quick loops
    "JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}


class BothEngines:
    """One county's night on each engine: the analysts' files side by side, and what dbt said."""

    def __init__(self, county: str, folder: Path) -> None:
        home = County.open(copy_county(county, folder / "county"))
        with hold(home, "parity"):
            receive(home)
        settings = Settings.from_environment()
        self.events = folder / "events"
        self.events.mkdir()
        (folder / "spark-defaults.conf").write_text(
            f"spark.eventLog.enabled true\nspark.eventLog.compress false\nspark.eventLog.dir file:{self.events}\n"
        )
        identity = identify(home, settings, as_of(county), KNOWN_ON)
        self.files: dict[str, Path] = {}
        self.built: dict[str, BuildResult] = {}
        for engine in ("duckdb", "spark"):
            work = folder / engine
            work.mkdir()
            build = work / "warehouse.duckdb"
            load_raw(home, build, identity)
            if engine == "duckdb":
                self.built[engine] = run_dbt(build, work, settings)
            else:
                self.built[engine] = build_on_spark(home, build, work, identity, replace(settings, engine=engine))
            self.files[engine] = work / "analysts.duckdb"
            write_analyst_file(build, self.files[engine], work / "spill", settings)


@pytest.fixture(scope="module", params=COMPARED or ["no sample county"])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BothEngines]:
    if not COUNTIES:
        cannot_test("!!! Spark was not compared: the sample counties are not on this machine !!!")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in CLUSTER.items():
            patch.setenv(name, value)
        folder = tmp_path_factory.mktemp(request.param)
        patch.setenv("SPARK_CONF_DIR", str(folder))
        yield BothEngines(request.param, folder)


def test_no_row_of_any_mart_differs(both: BothEngines) -> None:
    connection = duckdb.connect()
    for engine, file in both.files.items():
        connection.execute(f"ATTACH '{file}' AS {engine} (READ_ONLY)")
    shapes = (
        "SELECT table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns() WHERE database_name = $1"
    )
    here, there = (connection.execute(shapes + " ORDER BY ALL", [engine]).fetchall() for engine in both.files)
    assert here == there
    marts = sorted({table for table, *_ in here if not table.startswith("v_")})
    assert len(marts) > 30
    differing = {}
    for mart in marts:
        either_way = " UNION ALL ".join(
            f"(FROM {left}.main.{mart} EXCEPT ALL FROM {right}.main.{mart})"
            for left, right in (("duckdb", "spark"), ("spark", "duckdb"))
        )
        differing[mart] = len(connection.execute(either_way).fetchall())
    assert {mart: rows for mart, rows in differing.items() if rows} == {}
    (rows,) = connection.execute("SELECT count(*) FROM spark.main.fct_income_source").fetchall()[0]
    assert rows > 1000  # two empty warehouses would be equal as well


def test_data_tests_say_the_same(both: BothEngines) -> None:
    verdicts = [
        {node.name: (node.status, node.failures) for node in built.nodes if node.is_test}
        for built in both.built.values()
    ]
    assert len(verdicts[0]) > 10
    assert verdicts[0] == verdicts[1]


def test_models_ran_on_two_executors(both: BothEngines) -> None:
    lines = [
        line for log in both.events.rglob("[!.]*") if log.is_file() for line in log.read_text("utf-8").splitlines()
    ]
    tasks = [event for event in map(json.loads, lines) if event["Event"] == "SparkListenerTaskEnd"]
    assert len({task["Task Info"]["Executor ID"] for task in tasks} - {"driver"}) >= 2
