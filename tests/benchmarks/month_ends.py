"""What a night's models cost as a county grows, and what the answers of 24 month ends in one run cost beside one night's.

    python -m tests.benchmarks.month_ends [households ...]

Each line is one `dbt build` of every model and data test, a child process of its own, on the lake of `big_lake`: the night as it is,
and the night asked for the last 24 month ends as well (`history_months`), of every household. Prints CPU and wall seconds, peak
memory, the dearest models, and the ratio of the two.
"""

from __future__ import annotations

import itertools
import os
import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb

from pipelines.county import County
from pipelines.settings import Settings
from pipelines.warehouse.build import BuildResult, prepare_models, run_dbt
from pipelines.warehouse.identity import RunIdentity
from pipelines.warehouse.load import load_raw
from tests.benchmarks.big_lake import AS_OF, MONTHS, write_lake
from tests.benchmarks.history import keep


def night(county: County, folder: Path, history_months: int) -> tuple[float, int]:
    """Build one night in `folder`, print its line; its CPU seconds, and of how many days it has household incomes."""
    folder.mkdir()
    warehouse = folder / "warehouse.duckdb"
    load_raw(county, warehouse, RunIdentity("bench", AS_OF, date(2026, 1, 1), "bench"), history_months)
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    built: BuildResult = run_dbt(warehouse, folder, Settings.from_environment())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if built.failed_tests:
        raise SystemExit(f"data tests failed: {[test.name for test in built.failed_tests]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    connection = duckdb.connect(str(warehouse), read_only=True)
    days = connection.execute("select count(distinct as_of) from intermediate.int_household_income").fetchall()[0][0]
    connection.close()
    print(
        f"      {days:>3} days asked and looked back to   {cpu:8.1f} CPU s  {time.monotonic() - begin:8.1f} s"
        f"  peak of any child so far {after.ru_maxrss / 1024:6.0f} MB",
        flush=True,
    )
    if os.environ.get("SHOUWANG_FULL"):
        for node in sorted(built.nodes, key=lambda node: -node.seconds)[:12]:
            print(f"        {node.seconds:7.1f} s  {node.name}")
    return cpu, days


def main(households: int) -> float:
    """Print one county's comparison; the CPU seconds of its one night."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name) / "county"
        home.mkdir()
        county = write_lake(home, households, lists=MONTHS)
        print(f"{households:>9,} households, {MONTHS} full lists", flush=True)
        one, _ = night(county, Path(name) / "one", 0)
        many, days = night(county, Path(name) / "many", MONTHS)
        before = keep("month_ends", f"nights that {days} days cost, {households} households", many / one)
        print(f"      {days} days cost {many / one:.2f} nights {before}", flush=True)
    return one


if __name__ == "__main__":
    prepare_models(Settings.from_environment())
    costs = [(int(size), main(int(size))) for size in sys.argv[1:] or ["1000", "10000"]]
    for (small, cheap), (large, dear) in itertools.pairwise(costs):
        print(f"{large / small:.0f} times the households: {dear / cheap:.2f} times a night's CPU")
