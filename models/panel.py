"""Any panel of people as rows to learn from: not poor now, poor at the next visit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from models.learn import TrainingRows
from models.schema import Feature, FeatureSchema

INCOME_FEATURES = (
    Feature("income_ratio", "收入水平", "survey", -1, "收入为贫困线的{}倍", "times"),
    Feature("income_ratio_mean", "收入水平", "survey", -1, "两期收入平均为贫困线的{}倍", "times"),
    Feature("income_ratio_min", "收入水平", "survey", -1, "历次收入最低为贫困线的{}倍", "times"),
    Feature("past_poor", "脱贫经历", "survey", 1, "此前{}期低于贫困线"),
)


@dataclass(frozen=True)
class PanelTask:
    """A panel read as a task.

    frame: one row an entity and time at which it was seen and its next state is known: the features, the keys (entity,
    time, group) and has_history (seen the time before, too). rows: the same rows to learn from. schema: the features.
    """

    frame: pl.DataFrame
    rows: TrainingRows
    schema: FeatureSchema


def panel_task(
    panel: pl.DataFrame,
    *,
    entity: str,
    time: str,
    income: str,
    covariates: Mapping[str, int],
    line_share: float = 0.6,
    line_quantile: float | None = None,
    step: int = 1,
    only_not_poor: bool = True,
) -> PanelTask:
    """Read a panel (one row an entity and time) as: seen at t, poor at t + step or not.

    covariates names further columns with their direction (+1 raises the risk, -1 lowers it, 0 free). The line is
    `line_share` of each time's median income, or each time's `line_quantile`. Entities with the same whole history of
    income, of two times or more, are taken for one household and become one group.
    Raises ValueError when no entity is seen at two times in a row.
    """
    seen = (
        panel.select(
            pl.col(entity).alias("entity"),
            pl.col(time).cast(pl.Int64).alias("time"),
            pl.col(income).cast(pl.Float64).alias("income"),
            *(pl.col(name).cast(pl.Float64) for name in covariates),
        )
        .unique(["entity", "time"], keep="first", maintain_order=True)
        .sort("entity", "time")
    )
    line = (
        pl.col("income").quantile(line_quantile)
        if line_quantile is not None
        else line_share * pl.col("income").median()
    )
    seen = seen.with_columns((pl.col("income") / line.over("time")).alias("income_ratio")).join(
        _households(seen), on="entity"
    )
    seen = seen.with_columns((pl.col("income_ratio") < 1).cast(pl.Int32).alias("poor"))
    before = seen.select("entity", pl.col("time") + step, pl.col("income_ratio").alias("ratio_before"))
    after = seen.select("entity", pl.col("time") - step, pl.col("poor").cast(pl.Int8).alias("label"))
    frame = (
        seen.with_columns(
            (pl.col("poor").cum_sum().over("entity") - pl.col("poor")).alias("past_poor"),
            pl.col("income_ratio").cum_min().over("entity").alias("income_ratio_min"),
        )
        .join(before, on=["entity", "time"], how="left")
        .join(after, on=["entity", "time"])
        .with_columns(
            ((pl.col("income_ratio") + pl.col("ratio_before")) / 2).alias("income_ratio_mean"),
            pl.col("ratio_before").is_not_null().alias("has_history"),
        )
        .filter((pl.col("poor") == 0) | pl.lit(not only_not_poor))
        .sort("time", "entity")
    )
    if frame.is_empty():
        raise ValueError("no entity is seen at two times in a row")
    schema = _schema(covariates)
    labels = frame["label"].to_numpy().astype(np.int8)
    rows = TrainingRows(
        matrix=schema.matrix(frame.select(schema.names)),
        labels=labels,
        weights=np.ones(len(labels)),
        group=frame["group"].to_numpy().astype(np.int64),
        origin=frame["time"].to_numpy().astype(np.int64),
        events=int(frame.filter(pl.col("label") == 1).select(pl.struct("group", "time").n_unique()).item()),
    )
    return PanelTask(frame.select("entity", "time", "group", "has_history", "label", *schema.names), rows, schema)


def _schema(covariates: Mapping[str, int]) -> FeatureSchema:
    """Income features and one feature a covariate."""
    others = tuple(
        Feature(name, "其他特征", "covariates", way, f"{name} {{}}", "times") for name, way in covariates.items()
    )
    return FeatureSchema(INCOME_FEATURES + others)


def _households(seen: pl.DataFrame) -> pl.DataFrame:
    """(entity, group): entities whose whole income history is the same share a group."""
    history = seen.group_by("entity").agg(
        pl.concat_str(pl.col("time").cast(pl.String), pl.lit(":"), pl.col("income").cast(pl.String))
        .str.join("|")
        .alias("past"),
        pl.len().alias("times"),
    )
    alone = pl.when(pl.col("times") < 2).then(pl.col("entity").cast(pl.String))
    return history.with_columns(alone.otherwise(pl.col("past")).rank("dense").cast(pl.Int64).alias("group")).select(
        "entity", "group"
    )
