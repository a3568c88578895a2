"""What goes wrong before a file is typed: figures corrected later, files sent twice, files that can't be taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import polars as pl

from expectations.contract import FormContract
from pipelines.sample_county.scene import Batch
from pipelines.sample_county.streams import Generator, Ints, stream

CORRECTED, RESENT, MISSING_COLUMN, BROKEN = "更正", "再报", "缺列", "损坏"
_SHARE_CORRECTED, _SHARE_RESENT = 0.05, 0.02


def with_corrections(batches: Iterator[Batch], contract: FormContract, seed: int) -> Iterator[Batch]:
    """The batches, some with wrong amounts and a correcting file after them, some sent a second time."""
    money = [column.id for column in contract.columns if column.type == "money" and column.id not in contract.key]
    for batch in batches:
        draws = stream(seed, "mistakes", batch.form, batch.period, batch.tag)
        fate = draws.random()
        if batch.clean or batch.tag or len(batch.frame) < 8:
            yield batch
        elif fate < _SHARE_CORRECTED and money:
            yield from _corrected(batch, money[int(draws.integers(0, len(money)))], draws)
        elif 1 - fate < _SHARE_RESENT:
            yield batch
            yield replace(batch, tag=RESENT, received=batch.received + timedelta(days=9))
        else:
            yield batch


def _corrected(batch: Batch, column: str, draws: Generator) -> Iterator[Batch]:
    if column not in batch.frame.columns:
        yield batch
        return
    stated = np.flatnonzero((batch.frame[column].fill_null(0) > 0).to_numpy())
    rows = stated[draws.random(len(stated)) < max(0.01, 1.5 / max(1, len(stated)))]
    if not len(rows):
        yield batch
        return
    wrong = batch.frame[column].gather(rows) * pl.Series(np.array([2, 3, 10])[draws.integers(0, 3, len(rows))])
    yield replace(batch, frame=batch.frame.with_columns(batch.frame[column].clone().scatter(rows, wrong)))
    yield replace(
        batch,
        frame=batch.frame[rows],
        tag=CORRECTED,
        received=batch.received + timedelta(days=int(draws.integers(3, 25))),
    )


@dataclass(frozen=True)
class Fault:
    """A cell spoiled on purpose: its row in the frame, its column id, and the kind of fault."""

    row: int
    column: str
    kind: str


def _candidates(contract: FormContract, present: list[str]) -> list[tuple[str, str, float]]:
    weights = {
        "id18": 3.0,
        "date": 1.0,
        "month": 0.4,
        "datetime": 0.4,
        "money": 0.5,
        "enum": 0.5,
        "quarter": 0.3,
        "term": 0.3,
    }
    kinds = {"id18": "bad_id", "money": "bad_number", "enum": "bad_enum"}
    out = []
    for column in contract.columns:
        if column.id not in present:
            continue
        if column.required:
            out.append((column.id, "missing_required", 1.0))
        if column.type in weights:
            out.append((column.id, kinds.get(column.type, "bad_date"), weights[column.type]))
        if column.type == "money":
            out.append((column.id, "negative_amount", 0.5))
    return out


def plan_faults(batch: Batch, contract: FormContract, seed: int) -> list[Fault]:
    """The cells of a batch to spoil: none in clean ones and files sent a second time; at most one a row."""
    if batch.clean or batch.tag == RESENT:
        return []
    draws = stream(seed, "faults", batch.form, batch.period, batch.tag)
    rate = 0.001 if batch.form.startswith("registry") else 0.004
    rows = np.flatnonzero(draws.random(len(batch.frame)) < rate)
    options = _candidates(contract, batch.frame.columns)
    share = np.array([weight for _, _, weight in options])
    chosen = draws.choice(len(options), len(rows), p=share / share.sum())
    return [Fault(int(row), options[k][0], options[k][1]) for row, k in zip(rows, chosen, strict=True)]


def plan_repeats(batch: Batch, faults: list[Fault], seed: int) -> Ints:
    """Rows that the clerk types twice, none of them spoiled."""
    if batch.clean or batch.tag == RESENT:
        return np.empty(0, dtype=np.int64)
    draws = stream(seed, "repeats", batch.form, batch.period, batch.tag)
    rows = np.flatnonzero(draws.random(len(batch.frame)) < 0.003)
    return np.setdiff1d(rows, [fault.row for fault in faults])
