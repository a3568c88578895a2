"""Groups of people side by side: whether the list finds each as well, and what is done where it does not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.schema import Floats

MIN_EVENTS = 10
LAGGING = 0.5


@dataclass(frozen=True)
class Slice:
    """One group: rows, positives, expected positives, share of positives on the lists, that share over the overall one."""

    name: str
    rows: int
    observed: float
    expected: float
    recall: float
    relative: float


def slice_table(
    groups: pl.DataFrame, probability: Floats, listed: NDArray[np.bool_], labels: NDArray[np.int8], weights: Floats
) -> list[Slice]:
    """Every value of every column of `groups` (Chinese names, one row a judged row) as a slice; null is 不详."""
    found = (weights * labels)[listed].sum() / max((weights * labels).sum(), 1e-12)
    table = []
    for column in groups.columns:
        values = groups[column].cast(pl.String).fill_null("不详").to_numpy()
        for value in sorted(set(values)):
            rows = values == value
            positives = float((weights * labels)[rows].sum())
            recall = float((weights * labels)[rows & listed].sum() / positives) if positives > 0 else float("nan")
            expected = float((weights * probability)[rows].sum())
            relative = recall / float(found) if found > 0 else float("nan")
            table.append(Slice(f"{column}：{value}", int(rows.sum()), positives, expected, recall, relative))
    return table


def lagging(table: list[Slice]) -> list[Slice]:
    """Slices with enough positives that the lists find less than half as often as all."""
    return [part for part in table if part.observed >= MIN_EVENTS and part.relative < LAGGING]


def mitigation(table: list[Slice]) -> list[str]:
    """What is recorded (Chinese) for every lagging slice: visits kept for it in proportion to its share of the cases."""
    total = sum(part.observed for part in table) / max(len({part.name.split("：")[0] for part in table}), 1)
    return [
        f"{part.name}：名单查出率为总体的 {part.relative:.2f} 倍，走访名额中为其保留 {part.observed / total:.0%}，按组内名次选取"
        for part in lagging(table)
    ]
