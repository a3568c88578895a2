"""One million generated rows with known faults planted: every row is loaded, or rejected for the fault it was given.

    python -m tests.benchmarks.intake_account [--rows 1000000]

Prints the account: rows, loaded, rejected by reason, and how many are unexplained (must be 0).
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter

from pipelines.intake.read_file import read_file
from tests.benchmarks.intake_speed import people
from tests.unit.intake.small_county import csv_bytes

_FILE_ROWS = 100_000
_HEADER = ["证件号码", "月份", "务工单位", "就业类型", "工资收入"]
# The column that a fault is planted in, and the cell that plants it.
_FAULTS = {
    "bad_id": (0, "3.50181E+17"),
    "missing_required": (0, ""),
    "bad_date": (1, "2020年13月"),
    "bad_enum": (3, "不详"),
    "bad_number": (4, "见附表"),
    "negative_amount": (4, "-5.00"),
}
_FAULTY_SHARE = 0.05


def _file(chance: random.Random, ids: list[str], rows: int) -> tuple[bytes, Counter[str]]:
    planted: Counter[str] = Counter()
    lines = [_HEADER]
    for _ in range(rows):
        row = [
            chance.choice(ids),
            "2020-05",
            f"单位{chance.randrange(99)}",
            "县内务工",
            f"{chance.uniform(500, 9000):.2f}",
        ]
        if chance.random() < _FAULTY_SHARE:
            code = chance.choice(list(_FAULTS))
            place, text = _FAULTS[code]
            row[place] = text
            planted[code] += 1
        lines.append(row)
    return csv_bytes([*lines, ["合计", "", "", "", "0"]], chance.choice(("utf-8-sig", "gb18030"))), planted


def main() -> int:
    """Generate, read, and compare."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    rows = arguments.parse_args().rows
    chance, ids = random.Random(3), people(50_000)
    planted, found, loaded, start = Counter(), Counter(), 0, time.perf_counter()
    for _ in range(rows // _FILE_ROWS):
        content, faults = _file(chance, ids, _FILE_ROWS)
        reading = read_file("employment/2020-05.csv", content, bytes(32))
        planted += faults
        found.update(reading.rows.rejected["reason_code"].to_list())
        loaded += reading.rows.accepted.height
    unexplained = (
        rows - loaded - sum(found.values()) + sum((found - planted).values()) + sum((planted - found).values())
    )
    print(
        f"{rows:,} rows: {loaded:,} loaded, {sum(found.values()):,} rejected {dict(found)}, "
        f"{unexplained} unexplained; {time.perf_counter() - start:.0f} s with generating"
    )
    return int(unexplained != 0)


if __name__ == "__main__":
    sys.exit(main())
