"""How long reading a form takes, against the bare reader of the same file in the same run.

    python -m tests.benchmarks.intake_speed [--rows 5000000] [--folder DIR]

Prints, for a workbook of 100,000 x 20 cells and for a csv: the bare read (python-calamine; polars), our whole way
(checks, header, types, keys, hashes, Parquet), their ratio by the clock and by CPU (the steadier one on a busy
machine; without Parquet), and the child's largest memory. The bare read of the csv gives what a program that trusts
its file would start from: ids and items as text, amounts as decimals, days as dates.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import python_calamine
import xlsxwriter

from pipelines.intake.read_file import read_file
from pipelines.intake.readers import Readers
from pipelines.intake.resident_id import check_character
from pipelines.vault.key_ring import KeyRing
from tests.benchmarks.history import keep

_XLSX_ROWS = 100_000
_XLSX_HEADER = [
    "结算单号", "证件号码", "结算日期", "就诊类型", "疾病诊断", "总费用", "基本医保支付", "大病保险支付", "医疗救助支付",
    "其他支付", "个人自付合规费用", "个人负担", "是否省内定点", "序号", "备注", "审核状态", "医院", "科室", "经办人", "批次",
]  # fmt: skip
_TARGETS = {"xlsx": 2.5, "csv": 2.0}


def people(count: int) -> list[str]:
    """So many different valid ids."""
    firsts = [
        f"{350100 + n // 70_000}{1940 + n % 70}{1 + n % 12:02d}{1 + n % 28:02d}{n // 70 % 1000:03d}"
        for n in range(count)
    ]
    return [first + check_character(first) for first in firsts]


def write_workbook(file: Path) -> None:
    """A medical settlement sheet of 100,000 rows: 13 columns of the form and seven others."""
    chance, ids = random.Random(1), people(20_000)
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        page = book.add_worksheet("医保结算明细")
        page.write_row(0, 0, _XLSX_HEADER)
        for row in range(1, _XLSX_ROWS + 1):
            parts = [round(chance.uniform(0, 5000), 2) for _ in range(7)]
            day = f"2020-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
            texts = [f"YB{row:011d}", chance.choice(ids), day, chance.choice(["住院", "普通门诊"]), "肺炎"]
            others = ["是", row, "", "已审", f"医院{row % 9}", f"科{row % 30}", "张三", "一"]
            page.write_row(row, 0, [*texts, *parts, *others])


def write_csv(file: Path, rows: int) -> None:
    """A subsidy payment list of so many rows for 200,000 people."""
    chance = np.random.default_rng(1)
    ids = np.array(people(200_000))
    items = np.array(["低保金", "高龄津贴", "耕地地力保护补贴", "农村低保金"])
    days = np.array([f"2020-05-{day:02d}" for day in range(1, 29)])
    frame = pl.DataFrame(
        {
            "证件号码": ids[chance.integers(0, len(ids), rows)],
            "补贴项目": items[chance.integers(0, len(items), rows)],
            "发放金额": np.round(chance.uniform(10, 3000, rows), 2),
            "发放日期": days[chance.integers(0, len(days), rows)],
        }
    )
    frame.write_csv(file)


def _bare_csv(file: Path) -> pl.DataFrame:
    person, item, amount, day = (pl.col(name) for name in ("证件号码", "补贴项目", "发放金额", "发放日期"))
    return pl.read_csv(file, infer_schema=False).select(
        person, item, amount.cast(pl.Decimal(18, 2)), day.str.to_date("%Y-%m-%d")
    )


def _seconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    start = clock()
    work()
    return clock() - start


def _measure(kind: str, name: str, file: Path, bare: Callable[[], object]) -> None:
    digest, size = hashlib.sha256(file.read_bytes()).hexdigest(), file.stat().st_size
    with tempfile.TemporaryDirectory() as scratch, Readers(Path(scratch) / "reading", KeyRing((bytes(32),))) as readers:
        readers.read(Path(__file__), "warm/up.txt", hashlib.sha256(Path(__file__).read_bytes()).hexdigest(), size=1)
        bare_seconds = min(_seconds(bare) for _ in range(2))
        start = time.perf_counter()
        outcome = readers.read(file, name, digest, size=size)
        own_seconds = time.perf_counter() - start
    if outcome.summary is None:
        raise SystemExit(f"{kind}: {outcome.refused}")
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    ratio = own_seconds / bare_seconds
    content = file.read_bytes()
    cpu = _seconds(lambda: read_file(name, content, bytes(32)), time.process_time) / _seconds(bare, time.process_time)
    before = keep("intake_speed", f"CPU of reading over bare reading, {kind}", cpu)
    print(
        f"{kind}: {outcome.summary['rows']:,} rows, {size >> 20} MB; bare {bare_seconds:.2f} s, ours {own_seconds:.2f} s, "
        f"ratio {ratio:.2f} (target {_TARGETS[kind]}), of CPU {cpu:.2f} {before}, "
        f"child's memory {child:.0f} MB"
    )


def main() -> None:
    """Write the two files (once, when a folder is named) and measure both."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=5_000_000)
    arguments.add_argument("--folder", type=Path)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        workbook, text = folder / "speed.xlsx", folder / f"speed-{options.rows}.csv"
        if not workbook.exists():
            write_workbook(workbook)
        if not text.exists():
            write_csv(text, options.rows)
        _measure(
            "xlsx",
            "medical_settlement/2020.xlsx",
            workbook,
            lambda: python_calamine.CalamineWorkbook.from_path(workbook).get_sheet_by_index(0).to_python(),
        )
        _measure("csv", "subsidy_payment/2020-05.csv", text, lambda: _bare_csv(text))


if __name__ == "__main__":
    sys.exit(main())
