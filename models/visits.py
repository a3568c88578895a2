"""Whom a township visits first: the riskiest, places kept for groups the ranking overlooks, and a few drawn by lot."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

AUDIT_SHARE = 0.04
BY_RANK, BY_QUOTA, BY_LOT = "名次靠前", "保留名额", "随机抽查"


@dataclass(frozen=True)
class Quota:
    """A share of every township's visits that is kept for one group: the value of a column of groups."""

    column: str
    value: str
    share: float


def visit_plan(candidates: pl.DataFrame, quotas: Sequence[Quota], room: Mapping[str, int], seed: str) -> pl.DataFrame:
    """The visits of every township, one row a household, with `why` and `probability` (of being drawn; 1 if not by lot).

    candidates: household_no, township_code, log_odds and one column a group. room: how many households a township can
    visit. Of these AUDIT_SHARE (at least one, when there is room for two) go by lot among all who are left over, each
    with the same chance: the only unselected look at the rest. Quotas come next, the riskiest of the group first; the
    riskiest of all fill up. The same seed draws the same.
    """
    ordered = candidates.sort(["log_odds", "household_no"], descending=[True, False])
    parts = [
        _of_township(rows, quotas, room.get(str(code), 0), seed)
        for (code,), rows in sorted(ordered.partition_by("township_code", as_dict=True, maintain_order=True).items())
    ]
    nobody = candidates.head(0).with_columns(why=pl.lit(""), probability=pl.lit(1.0))
    return pl.concat(parts or [nobody]).drop({quota.column for quota in quotas})


def _of_township(rows: pl.DataFrame, quotas: Sequence[Quota], room: int, seed: str) -> pl.DataFrame:
    """One township's visits; rows come riskiest first."""
    drawn = max(1, round(room * AUDIT_SHARE)) if room > 1 else 0
    selected = quota_list(rows, quotas, max(room - drawn, 0))
    rest = rows.join(selected, on="household_no", how="anti", maintain_order="left")
    lots = [hashlib.sha256(f"{seed}|{number}".encode()).hexdigest() for number in rest["household_no"]]
    by_lot = rest.with_columns(pl.Series("lot", lots, pl.String)).sort("lot").head(drawn).drop("lot")
    chance = min(1.0, drawn / max(rest.height, 1))
    return pl.concat([
        selected.with_columns(probability=pl.lit(1.0)),
        by_lot.with_columns(why=pl.lit(BY_LOT), probability=pl.lit(chance)),
    ])  # fmt: skip


def quota_list(rows: pl.DataFrame, quotas: Sequence[Quota], places: int) -> pl.DataFrame:
    """The first `places` of rows (riskiest first), at least each quota's share of them of its group; with `why`."""
    place = pl.int_range(pl.len())
    kept = pl.lit(False)
    for quota in quotas:
        of_group = (pl.col(quota.column) == quota.value).fill_null(value=False)
        kept |= of_group & (of_group.cum_sum() <= round(quota.share * places))
    marked = rows.with_columns(kept.alias("kept"), (place < places).alias("first")).sort(
        "kept", descending=True, maintain_order=True
    )
    why = pl.when("first").then(pl.lit(BY_RANK)).otherwise(pl.lit(BY_QUOTA)).alias("why")
    return marked.head(places).with_columns(why).drop("kept", "first")
