"""Groups of people side by side: whether the list finds each as well, and what is done where it does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.comparison import Judged
from models.schema import Floats
from models.visits import Quota, quota_list

MIN_EVENTS = 10
LAGGING = 0.5
TOWNSHIP = "乡镇"


@dataclass(frozen=True)
class Slice:
    """One group: rows, positives, expected positives, share of positives on the lists, that share over the overall one."""

    column: str
    value: str
    rows: int
    observed: float
    expected: float
    recall: float
    relative: float

    @property
    def name(self) -> str:
        """Column and value, as papers say it."""
        return f"{self.column}：{self.value}"


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
            table.append(Slice(column, value, int(rows.sum()), positives, expected, recall, relative))
    return table


def lagging(table: Sequence[Slice]) -> list[Slice]:
    """Slices with enough positives that the lists find less than half as often as all."""
    return [part for part in table if part.observed >= MIN_EVENTS and part.relative < LAGGING]


def quotas(table: Sequence[Slice]) -> tuple[Quota, ...]:
    """Visits to be kept for every lagging slice, in proportion to its share of the cases.

    A township has its own places already: none are kept for one.
    """
    total = sum(part.observed for part in table) / max(len({part.column for part in table}), 1)
    return tuple(
        Quota(part.column, part.value, round(part.observed / total, 4))
        for part in lagging(table)
        if part.column != TOWNSHIP
    )


def listed_with(kept: Sequence[Quota], groups: pl.DataFrame, probability: Floats, judged: Judged) -> NDArray[np.bool_]:
    """Who is on the lists when every area keeps these quotas; one entry a judged row."""
    rows = groups.fill_null("不详").with_columns(
        pl.Series("area", judged.area), pl.Series("log_odds", probability), at=pl.int_range(pl.len())
    )
    listed = np.zeros(rows.height, dtype=bool)
    parts = rows.sort(["log_odds", "at"], descending=[True, False]).partition_by("area", maintain_order=True)
    for part, places in zip(sorted(parts, key=lambda part: int(part["area"][0])), judged.places, strict=True):
        listed[quota_list(part, kept, int(places))["at"].to_numpy()] = True
    return listed


def mitigation(before: Sequence[Slice], after: Sequence[Slice], kept: Sequence[Quota]) -> list[str]:
    """What is recorded (Chinese) for every slice that visits are kept for: how well the lists find it before and after."""
    relative = {part.name: part.relative for part in after}
    share = {(quota.column, quota.value): quota.share for quota in kept}
    recorded = []
    for part in lagging(before):
        told = f"{part.name}：名单查出率为总体的 {part.relative:.2f} 倍，"
        if part.column == TOWNSHIP:
            recorded.append(told + "请按该乡镇的户数核定走访名额")
        else:
            recorded.append(
                told + f"各乡镇走访名额中为其保留 {share[part.column, part.value]:.0%}，按组内名次选取；"
                f"保留后为总体的 {relative[part.name]:.2f} 倍"
            )
    return recorded
