"""The income core against the same rules written otherwise, over the same Parquet in the same run.

The core is every model from the lake's Parquet to one income per household, window and concept on D: `int_household_income` and what
it stands on, compiled from the dbt project and run in dbt's order. The rivals (`income_rivals`) give the same figures for this one
county: one hand-written DuckDB query, once as it is and once heeding corrections as the core does; pandas; openfisca-core.

    python -m tests.benchmarks.income_core [households ...]

Prints CPU and wall seconds, peak memory, the core's CPU over each rival's, and how many answers differ (it must be none).
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from pipelines.warehouse.identity import RunIdentity
from pipelines.warehouse.load import load_raw
from tests.benchmarks.big_lake import AS_OF, write_lake
from tests.benchmarks.history import keep
from tests.benchmarks.income_rivals import COMPARED, hand_written, in_openfisca, in_pandas

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
CORE = "int_household_income"
MEMORY = 14 * 1024**3
ENGINE = {"threads": 2, "preserve_insertion_order": False}
LIMIT = "8GB"  # of the core, as of the hand-written query


@dataclass(frozen=True)
class CompiledModel:
    """One model: its name, the statement that makes its relation, and its query where it is worked out in slices."""

    name: str
    create: str
    sliced: str = ""


@dataclass(frozen=True)
class CompiledCore:
    """The core's models in dbt's order, and the query that gives the slices (`macros/slices.sql`)."""

    models: tuple[CompiledModel, ...]
    slices: str


def compiled_core(warehouse: Path, target: Path) -> CompiledCore:
    """The core as dbt compiles it. Seeds are loaded into the warehouse on the way."""
    folders = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", str(target)]
    dbt = [sys.executable, "-m", "dbt.cli.main", "--quiet", "--no-version-check", "--log-path", str(target)]
    environment = os.environ | {
        "SHOUWANG_WAREHOUSE": str(warehouse),
        "SHOUWANG_SPILL": str(target),
        "DO_NOT_TRACK": "1",
    }
    for task in (["seed"], ["compile", "--select", f"+{CORE}"]):
        subprocess.run([*dbt, *task, *folders], check=True, env=environment, stdout=subprocess.DEVNULL)
    nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    wanted: dict[str, dict] = {}
    waiting = [f"model.shouwang.{CORE}"]
    while waiting:
        node = nodes[waiting.pop()]
        if node["resource_type"] == "model" and node["unique_id"] not in wanted:
            wanted[node["unique_id"]] = node
            waiting += [parent for parent in node["depends_on"]["nodes"] if parent in nodes]
    ordered: list[CompiledModel] = []
    done: set[str] = set()
    while len(done) < len(wanted):
        for name, node in sorted(wanted.items()):
            if name not in done and all(
                parent in done or parent not in wanted for parent in node["depends_on"]["nodes"]
            ):
                done.add(name)
                kind = "view" if node["config"]["materialized"] == "view" else "table"
                sql = (target / "compiled" / "shouwang" / node["original_file_path"]).read_text(encoding="utf-8")
                place, is_sliced = f"{node['schema']}.{node['name']}", node["config"].get("sliced")
                insert = f"insert into {place} {sql}" if is_sliced else ""
                ordered.append(CompiledModel(node["name"], f"create {kind} {place} as {sql}", insert))
    (held,) = {node["config"]["sliced"] for node in wanted.values() if "sliced" in node["config"]}
    inline = ["compile", "--inline", f"{{{{ household_slices({held}) }}}}", "--output", "json"]
    told = subprocess.run([*dbt, *inline, *folders], check=True, env=environment, capture_output=True)
    return CompiledCore(tuple(ordered), json.loads(told.stdout)["compiled"])


def within_memory(work: Callable[[], None]) -> None:
    """Do the work of a rival that holds everything in memory, unless that takes more than the machine can spare."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    work()


def measured(work: Callable[[], None]) -> tuple[float, float, float] | None:
    """CPU seconds, wall seconds and peak memory (MB) of `work` in a child process of its own; None when it failed."""
    begin = time.monotonic()
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException as error:
            print(f"      failed: {error!r}"[:300], flush=True)
            os._exit(1)
    _, status, usage = os.wait4(child, 0)
    if status:
        return None
    return usage.ru_utime + usage.ru_stime, time.monotonic() - begin, usage.ru_maxrss / 1024


def run_core(warehouse: Path, core: CompiledCore, memory_limit: str) -> None:
    """Run the core's models in their order, as the materializations do."""
    connection = duckdb.connect(str(warehouse), config=ENGINE | {"memory_limit": memory_limit})
    connection.execute("create schema if not exists staging; create schema if not exists intermediate")
    timings = []
    for model in core.models:
        begin = time.process_time()
        slices = connection.execute(core.slices).fetchall() if model.sliced else []
        for place, (first, last) in enumerate(slices):
            connection.execute(f"set variable first_household = {first}; set variable last_household = {last}")
            connection.execute(model.sliced if place else model.create)
        if not slices:
            connection.execute(model.create)
        connection.execute("reset variable first_household; reset variable last_household")
        timings.append((time.process_time() - begin, model.name))
    connection.close()
    if os.environ.get("SHOUWANG_FULL"):
        for seconds, name in sorted(timings, reverse=True)[:8]:
            print(f"        {seconds:6.2f} s  {name}")


def differing(warehouse: Path, answer: Path) -> int:
    """How many households and windows a rival answers otherwise than the core, or not at all."""
    unlike = " or ".join(f"core.{column} is distinct from rival.{column}" for column in COMPARED)
    connection = duckdb.connect(str(warehouse), read_only=True)
    count = connection.execute(
        "select count(*) from intermediate.int_household_income as core"  # noqa: S608 - our own column names
        f" full join read_parquet($answer) as rival using (household_no, income_window) where {unlike}",
        {"answer": str(answer)},
    ).fetchall()[0][0]
    connection.close()
    return count


def main(households: int) -> None:
    """Print one comparison."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "county"
        home.mkdir()
        county = write_lake(home, households)
        warehouse, target, answer = home / "core.duckdb", home / "dbt", home / "answer.parquet"
        load_raw(county, warehouse, RunIdentity("bench", AS_OF, date(2026, 1, 1), "bench"))
        compiled = compiled_core(warehouse, target)
        lake = county.lake / "forms"
        connection = duckdb.connect(str(warehouse), read_only=True)
        rows = connection.execute("select sum(row_count) from raw.receipt").fetchall()[0][0]
        connection.close()
        print(f"{households:>9,} households, {rows:,} rows in: CPU s, wall s, peak MB, CPU of the core over it")
        core = measured(lambda: run_core(warehouse, compiled, LIMIT))
        if core is None:
            raise SystemExit("the income core failed")
        print(f"      {'income core':38} {core[0]:8.2f} {core[1]:8.2f} {core[2]:8.0f}")
        threads = int(ENGINE["threads"])
        for name, rival in {
            "hand-written query": lambda: hand_written.answer(lake, answer, threads, with_corrections=False),
            "hand-written query, heeding corrections": lambda: hand_written.answer(lake, answer, threads, True),
            "pandas": lambda: within_memory(lambda: in_pandas.answer(lake, answer)),
            "openfisca-core": lambda: within_memory(lambda: in_openfisca.answer(lake, answer)),
        }.items():
            figures = measured(rival)
            if figures is not None:
                cpu, wall, memory = figures
                ratio = core[0] / cpu
                before = keep("income_core", f"core over {name}, {households} households", ratio)
                print(
                    f"      {name:38} {cpu:8.2f} {wall:8.2f} {memory:8.0f} {ratio:6.2f}  differs: {differing(warehouse, answer)} {before}"
                )


if __name__ == "__main__":
    for size in sys.argv[1:] or ["10000", "100000"]:
        main(int(size))
