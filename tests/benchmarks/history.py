"""The ratios that benchmarks come to, over time: `history.csv` has one line per figure and run, the newest last.

Only ratios are kept: they say the same on another machine, seconds do not.
"""

from __future__ import annotations

import csv
import subprocess
from datetime import datetime
from pathlib import Path

from pipelines.settings import PROJECT
from pipelines.warehouse.lock import SHANGHAI

FILE = Path(__file__).with_name("history.csv")
_FIELDS = ("day", "commit", "benchmark", "figure", "ratio")


def keep(benchmark: str, figure: str, ratio: float) -> str:
    """Write a ratio down; returns the one before it, in words, for the line that is printed."""
    before = [line for line in _lines() if (line["benchmark"], line["figure"]) == (benchmark, figure)]
    with FILE.open("a", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, _FIELDS, lineterminator="\n")
        if stream.tell() == 0:
            writer.writeheader()
        day = datetime.now(SHANGHAI).date().isoformat()
        writer.writerow(dict(zip(_FIELDS, (day, _commit(), benchmark, figure, f"{ratio:.2f}"), strict=True)))
    return f"(before: {before[-1]['ratio']} on {before[-1]['day']})" if before else "(first)"


def _lines() -> list[dict[str, str]]:
    """What was kept so far."""
    if not FILE.exists():
        return []
    with FILE.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _commit() -> str:
    """The commit that is measured, with a + when files differ from it; empty outside a repository."""
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty=+"],  # noqa: S607 - whichever git there is
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip()
