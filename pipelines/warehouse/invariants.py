"""What is true of a county at every moment, after any fault: nothing lost, nothing mixed. Said once, asked everywhere.

The night stops before it computes on rows that do not account, nothing is made current that is not whole, `verify`
reports what is broken, and every test that kills, fills, damages or turns back the clock asks `broken`.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines.county import County
from pipelines.errors import DamageError
from pipelines.intake.lake import forms_file, rejected_file
from pipelines.intake.ledger import read_receipts
from pipelines.warehouse.ledger_seal import ledger_problem
from pipelines.warehouse.manifest import folder_damage
from pipelines.warehouse.publish import CURRENT, current_folder


def broken(county: County) -> list[str]:
    """Which invariants do not hold, in Chinese; an empty list when all do.

    1. What the ledger said when a night was published, it still says: rows leave only by a recorded correction or erasure.
    2. Every received file accounts for its rows, and the lake holds exactly those it says are loaded and rejected.
    3. `current` is one whole night, byte for byte as it was sealed, with nothing beside it.
    """
    changed = ledger_problem(county)
    return [*([changed] if changed else []), *unaccounted(county), *_not_one_night(county)]


def unaccounted(county: County) -> list[str]:
    """The received files whose rows are not all loaded, rejected or erased, or not in the lake in that number."""
    problems = []
    for receipt in read_receipts(county):
        if receipt.refused is not None:
            continue
        if receipt.rows != receipt.loaded + receipt.rejected + receipt.erased:
            problems.append(f"{receipt.file} 的行数不平：{receipt.rows} 行")
        for file, expected in (
            (forms_file(county, receipt.form, receipt.content), receipt.loaded),
            (rejected_file(county, receipt.form, receipt.content), receipt.rejected),
        ):
            found = _rows_in(file)
            if found != expected:
                told = "读不出" if found is None else f"有 {found} 行"
                problems.append(
                    f"{receipt.file}：lake/{file.relative_to(county.lake).parts[0]} 应有 {expected} 行，{told}"
                )
    return problems


def require_accounted(county: County) -> None:
    """Raise DamageError naming the files whose rows do not account."""
    problems = unaccounted(county)
    if problems:
        raise DamageError(f"{'；'.join(problems)}。没有开始计算。请运行 shouwang verify 查明，并从备份恢复 lake/。")


def _not_one_night(county: County) -> list[str]:
    current, link = current_folder(county), county.published / CURRENT
    if current is None:
        return [f"{link} 指向的文件夹不存在"] if link.is_symlink() else []
    return [f"{current.name}：{damage}" for damage in folder_damage(current)]


def _rows_in(file: Path) -> int | None:
    """How many rows a Parquet file says it has; None when it cannot be read."""
    try:
        return int(pl.scan_parquet(file).select(pl.len()).collect().item())
    except (OSError, pl.exceptions.PolarsError):
        return None
