"""A whole night's kernel as a county grows: load, models, scores, analysts' file, papers, beside the hand-written income query.

    python -m tests.benchmarks.kernel_night [households ...]

Each stage runs in a child process of its own on the lake of `big_lake`; receiving files has a benchmark of its own. Prints CPU seconds
and peak memory of each stage, the night's CPU but for the papers over the hand-written query's (heeding corrections, over the same
Parquet in the same run), and how each stage grows from one size to the next. The ratios are kept (`history.csv`).
"""

from __future__ import annotations

import itertools
import sys
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

from pipelines.county import County
from pipelines.deliver.night_papers import write_all
from pipelines.risk import score_night
from pipelines.settings import Settings
from pipelines.warehouse.build import prepare_models, run_dbt
from pipelines.warehouse.extract import write_analyst_file
from pipelines.warehouse.identity import RunIdentity
from pipelines.warehouse.load import load_raw
from tests.benchmarks.big_lake import AS_OF, write_lake, write_vault
from tests.benchmarks.history import keep
from tests.benchmarks.income_core import measured
from tests.benchmarks.income_rivals import hand_written

IDENTITY = RunIdentity("bench", AS_OF, date(2026, 1, 1), "bench")


def main(households: int) -> dict[str, float]:
    """Print one county's night and keep its ratios; CPU seconds by stage."""
    settings = replace(Settings.from_environment(), threads=2)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        home = work / "county"
        home.mkdir()
        county = write_lake(home, households)
        # In a child: threads of its frames would not live on in those of the stages.
        measured(lambda: write_vault(county))
        build, spill = work / "warehouse.duckdb", work / "spill"
        stages = {
            "load": lambda: load_raw(county, build, IDENTITY),
            "build": lambda: run_dbt(build, work, settings),
            "score": lambda: score_night(build, county, settings, IDENTITY, lambda _line: None),
            "extract": lambda: write_analyst_file(build, work / "analysts.duckdb", spill, settings),
            "papers": lambda: _papers(build, work / "papers", county, settings),
        }
        print(f"{households:>9,} households: CPU s, wall s, peak MB")
        costs: dict[str, float] = {}
        for stage, work_of_stage in stages.items():
            figures = measured(work_of_stage)
            if figures is None:
                raise SystemExit(f"stage {stage} failed")
            costs[stage] = figures[0]
            print(f"      {stage:38} {figures[0]:8.2f} {figures[1]:8.2f} {figures[2]:8.0f}", flush=True)
        lake, answer = county.lake / "forms", work / "answer.parquet"
        rival = measured(lambda: hand_written.answer(lake, answer, settings.threads, True))
        if rival is None:
            raise SystemExit("the hand-written query failed")
        night = sum(cost for stage, cost in costs.items() if stage != "papers")
        print(f"      {'hand-written query':38} {rival[0]:8.2f} {rival[1]:8.2f} {rival[2]:8.0f}")
        before = keep("kernel_night", f"night over hand-written query, {households} households", night / rival[0])
        print(f"      the night over it: {night / rival[0]:.2f} {before}; less 60 s: {(night - 60) / rival[0]:.2f}")
    return costs


def _papers(build: Path, target: Path, county: County, settings: Settings) -> None:
    drawn = write_all(build, target, county, settings)
    print(f"        {len(drawn)} papers of {sum(paper.rows for paper in drawn)} rows")


if __name__ == "__main__":
    prepare_models(Settings.from_environment())
    nights = [(int(size), main(int(size))) for size in sys.argv[1:] or ["10000", "100000"]]
    for (small, cheap), (large, dear) in itertools.pairwise(nights):
        print(f"{large / small:.0f} times the households")
        for stage in dear:
            growth = dear[stage] / cheap[stage]
            before = keep("kernel_night", f"{stage}, {large} households over {small}", growth)
            print(f"      {stage:38} {growth:6.2f} times the CPU {before}")
