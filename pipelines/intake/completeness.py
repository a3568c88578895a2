"""Whether a full list that has come is whole: last month's people should mostly be on it."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from expectations.contract import FormContract
from pipelines.county import County
from pipelines.intake.lake import forms_file
from pipelines.intake.receipt import Receipt

_SHARE_HELD_BELOW = 0.5
_ASK_FROM = 20  # people or households on the earlier list; of fewer, half is no sign of anything


def _who(contract: FormContract) -> str:
    """The lake column that counts who is on a list."""
    people = [column for column in contract.columns if column.id in contract.key and column.sensitive == "person"]
    return (people[0] if people else contract.column(contract.key[0])).lake_name


def _on_lists(contract: FormContract, files: list[Path]) -> set[str]:
    found: set[str] = set()
    for file in files:
        found |= set(pl.read_parquet(file, columns=[_who(contract)]).to_series().drop_nulls())
    return found


def missing_question(
    county: County, contract: FormContract, period: str, waiting: list[Path], taken: list[Receipt]
) -> str | None:
    """The question (Chinese) to ask before a full list is believed; None when it is whole enough, or a first one.

    Args:
        county: whose lake.
        contract: a form whose rows are a full list.
        period: of the list, as in receipts.
        waiting: Parquet files of this period's accepted rows that are not in the lake yet.
        taken: receipts of the form's files that are.
    """
    periods = sorted({receipt.period for receipt in taken if receipt.period < period})
    if not periods:
        return None
    before = [forms_file(county, contract.form, r.content) for r in taken if r.period == periods[-1]]
    now = [forms_file(county, contract.form, r.content) for r in taken if r.period == period]
    earlier, present = _on_lists(contract, before), _on_lists(contract, now + waiting)
    stayed = len(earlier & present)
    if len(earlier) < _ASK_FROM or stayed >= _SHARE_HELD_BELOW * len(earlier):
        return None
    return (
        f"{period} 的《{contract.label}》只有上一期（{periods[-1]}）{len(earlier)} 个对象中的 {stayed} 个，不到一半，暂不接收。"
        "是否缺了部分乡镇？如分片报送，请等其余部分到齐，届时自动接收；如确实如此，请在文件名末尾加“确认”二字。"
    )
