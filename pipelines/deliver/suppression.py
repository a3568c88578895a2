"""Small numbers in papers for outside readers: what could point at a household is not shown, nor can be worked out."""

from __future__ import annotations

import polars as pl

HIDDEN = "＊"
_BASE = 5


def rounded(count: pl.Expr) -> pl.Expr:
    """A count to the nearest multiple of five, so that no difference of two papers is exact."""
    return (count + _BASE // 2) // _BASE * _BASE


def suppressed(rows: pl.DataFrame, counts: list[str], within: str, threshold: int) -> pl.DataFrame:
    """Counts as text for outside readers.

    A row with any count from 1 to `threshold` shows `HIDDEN` for all its counts. Where a part `within` has only one
    such row, the row with the next smallest counts is hidden with it, so that the total less the others gives nothing
    back. All other counts are rounded to multiples of five; 0 stays 0.
    """
    small = pl.any_horizontal(pl.col(name).is_between(1, threshold) for name in counts)
    rank = pl.when(~pl.col("_small") & (pl.col(counts[0]) > 0)).then(pl.col(counts[0]))
    marked = rows.with_columns(_small=small).with_columns(
        _alone=pl.col("_small").sum().over(within) == 1,
        _next=rank.rank("ordinal").over(within) == 1,
    )
    hidden = pl.col("_small") | (pl.col("_alone") & pl.col("_next").fill_null(value=False))
    shown = [
        pl.when(hidden).then(pl.lit(HIDDEN)).otherwise(rounded(pl.col(name)).cast(pl.String)).alias(name)
        for name in counts
    ]
    return marked.with_columns(shown).drop("_small", "_alone", "_next")


def suppressed_total(count: int, threshold: int) -> str:
    """A total for outside readers: rounded on its own, never the sum of what is shown."""
    if 1 <= count <= threshold:
        return HIDDEN
    return f"{(count + _BASE // 2) // _BASE * _BASE:,}"
