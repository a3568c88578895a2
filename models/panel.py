"""Any panel of people as rows to learn from: not poor now, poor at the next time."""

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


MAX_VALUES = 20


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
    """Read a panel (one row an entity and time) as: seen at one of the panel's times, poor `step` times later or not.

    covariates names further columns with their direction (+1 raises the risk, -1 lowers it, 0 free); a text that is no
    number becomes one 0/1 feature a value. Times (numbers, texts or days) count in their order, however far apart. A row
    without entity, time or income was not seen; anything else that is no finite number is unknown. The line is
    `line_share` of each time's median income, or each time's `line_quantile`. Entities with the same whole history of
    income, of two times or more, are taken for one household and become one group.
    Raises ValueError for a column that is not there, a text of more than MAX_VALUES values, a line that is not above
    zero, and when no entity is seen at two times in a row.
    """
    absent = [name for name in (entity, time, income, *covariates) if name not in panel.columns]
    if absent:
        raise ValueError(f"the panel has no column {absent}; it has {panel.columns}")
    columns = [made for name, way in covariates.items() for made in _covariate(panel[name], way)]
    seen = (
        panel.select(
            pl.col(entity).cast(pl.String).alias("entity"),
            _time(panel[time]).alias("time"),
            _number(panel[income]).alias("income"),
            *(column for column, _ in columns),
        )
        .drop_nulls(["entity", "time", "income"])
        .unique(["entity", "time"], keep="first", maintain_order=True)
        .with_columns(pl.col("time").rank("dense").cast(pl.Int64))
        .sort("entity", "time")
    )
    line = (
        pl.col("income").quantile(line_quantile)
        if line_quantile is not None
        else line_share * pl.col("income").median()
    )
    lines = seen.group_by("time").agg(line.alias("line"))
    if (lines["line"] <= 0).any():
        raise ValueError("the line is not above zero at every time: incomes must be amounts, not ranks or logarithms")
    seen = (
        seen.join(lines, on="time", maintain_order="left")
        .with_columns((pl.col("income") / pl.col("line")).alias("income_ratio"))
        .join(_households(seen), on="entity", maintain_order="left")
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
    schema = _schema({column.name: way for column, way in columns})
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


def _number(values: pl.Series) -> pl.Series:
    """A column as finite numbers, everything else unknown."""
    text = values.str.strip_chars() if values.dtype == pl.String else values
    found = text.cast(pl.Float64, strict=False)
    return found.set(~found.is_finite().fill_null(value=False), None)


def _time(values: pl.Series) -> pl.Series:
    """A column of times as something that sorts: numbers where all are numbers, else as it stands."""
    numbers = _number(values) if values.dtype == pl.String else values
    return values if numbers.null_count() > values.null_count() else numbers


def _covariate(values: pl.Series, way: int) -> list[tuple[pl.Series, int]]:
    """A covariate as features with their directions: itself, or one 0/1 column a value where it is text."""
    if values.dtype in {pl.Categorical, pl.Enum}:
        values = values.cast(pl.String)
    numbers = _number(values)
    if values.dtype != pl.String or 2 * numbers.count() >= values.count():
        return [(numbers, way)]
    kinds = sorted(values.drop_nulls().unique().to_list())
    if len(kinds) > MAX_VALUES:
        raise ValueError(f"column {values.name} is text of {len(kinds)} values; leave it out or group them")
    return [((values == kind).cast(pl.Float64).alias(f"{values.name}={kind}"), 0) for kind in kinds]


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
