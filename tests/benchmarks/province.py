"""A whole province in one home: the income core of 10,000,000 households on one machine, beside 1,000,000 in the same run.

    python -m tests.benchmarks.province [households ...]

The core may hold in memory what a night may (SHOUWANG_MEMORY, else half of the machine's) and spills the rest. The largest
size wants 24 GB of memory, of which `make bench-province` gives 18 to DuckDB, as on a machine that does nothing else; 70 GB
of disk (TMPDIR says where) and the better part of an hour on 2 cores. Prints CPU and wall seconds and peak memory of each
size, and what the larger costs over the smaller; the ratios are kept (`history.csv`).
"""

from __future__ import annotations

import itertools
import sys
import tempfile
from datetime import date
from pathlib import Path

from pipelines.settings import Settings
from pipelines.warehouse.identity import RunIdentity
from pipelines.warehouse.load import load_raw
from tests.benchmarks.big_lake import AS_OF, write_lake
from tests.benchmarks.history import keep
from tests.benchmarks.income_core import compiled_core, measured, run_core


def main(households: int, memory_limit: str) -> tuple[float, float]:
    """Print one size's line; its CPU and wall seconds."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "county"
        home.mkdir()
        county, warehouse = write_lake(home, households), home / "core.duckdb"
        load_raw(county, warehouse, RunIdentity("bench", AS_OF, date(2026, 1, 1), "bench"))
        compiled = compiled_core(warehouse, home / "dbt")
        figures = measured(lambda: run_core(warehouse, compiled, memory_limit))
    if figures is None:
        raise SystemExit("the income core failed")
    cpu, wall, memory = figures
    print(
        f"{households:>11,} households  {cpu:8.1f} CPU s  {wall:8.1f} s  peak {memory:6.0f} MB of {memory_limit}",
        flush=True,
    )
    return cpu, wall


if __name__ == "__main__":
    limit = Settings.from_environment().memory_limit
    costs = [(int(size), *main(int(size), limit)) for size in sys.argv[1:] or ["1000000", "10000000"]]
    for (small, *cheap), (large, *dear) in itertools.pairwise(costs):
        for clock, one, other in zip(("CPU", "wall"), cheap, dear, strict=True):
            before = keep("province", f"{clock} seconds of {large} households over {small}", other / one)
            print(f"{large / small:.0f} times the households: {other / one:.2f} times the {clock} seconds {before}")
