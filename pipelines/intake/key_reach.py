"""How far a file's keys reach, told once when it is read: so that a night looks for corrections only where there can be some.

Two rows have one key only inside a file that repeats a key, or in two files whose keys reach over a common day.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from expectations.contract import FormContract
from pipelines.intake.receipt import Receipt

_DAYS = ("date", "month", "quarter", "term")


@dataclass(frozen=True)
class KeyReach:
    """Which keys a file's accepted rows can have.

    Attributes:
        first, last: earliest and latest day that stands in a row's key; None when some key has no day.
        repeats: two of its rows may have one key.
    """

    first: datetime.date | None
    last: datetime.date | None
    repeats: bool


def key_reach(contract: FormContract, accepted: pl.DataFrame) -> KeyReach:
    """What the accepted rows of one file of the form, named as in the lake, reach over."""
    names = [contract.column(name).lake_name for name in contract.key]
    repeats = accepted.select(names).hash_rows().n_unique() < accepted.height
    day = key_day(contract)
    if day is None or not accepted.height or accepted[day].has_nulls():
        return KeyReach(None, None, repeats)
    first, last = accepted.select(pl.col(day).min().alias("first"), pl.col(day).max().alias("last")).row(0)
    return KeyReach(first, last, repeats)


def key_day(contract: FormContract) -> str | None:
    """The column of the lake with the day that stands in the form's key; None where no day does."""
    columns = [contract.column(name) for name in contract.key]
    return next((column.lake_name for column in columns if column.type in _DAYS), None)


def may_repeat(contract: FormContract, receipts: Sequence[Receipt]) -> set[int]:
    """Those of a form's accepted receipts (by `seq`) in whose rows a key may stand that another row has too.

    A full list or comparison is complete for its period: its keys hold within it.
    """
    whole = (datetime.date.min, datetime.date.max)
    reaches = []
    for receipt in receipts:
        if contract.rows_are != "records" and receipt.period_start:
            reach = (receipt.period_start, receipt.period_start)
        elif receipt.key_first and receipt.key_last:
            reach = (receipt.key_first, receipt.key_last)
        else:
            reach = whole
        if receipt.loaded:
            reaches.append((*reach, receipt))
    reaches.sort(key=lambda reach: reach[:2])
    found = {receipt.seq for _, _, receipt in reaches if receipt.repeats_keys}
    latest = datetime.date.min
    for place, (first, last, receipt) in enumerate(reaches):
        follower = reaches[place + 1][0] if place + 1 < len(reaches) else None
        if (place and first <= latest) or (follower is not None and follower <= last):
            found.add(receipt.seq)
        latest = max(latest, last)
    return found
