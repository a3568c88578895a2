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
    back. All other counts are rounded to multiples of five; 0 stays 0. Beside a count there may be `last_<count>`, the
    text that outside readers were last given: see `_is_small` and `_shown`.
    """
    small = pl.any_horizontal(_is_small(rows, name, threshold) for name in counts)
    rank = pl.when(~pl.col("_small") & (pl.col(counts[0]) > 0)).then(pl.col(counts[0]))
    marked = rows.with_columns(_small=small).with_columns(
        _alone=pl.col("_small").sum().over(within) == 1,
        _next=rank.rank("ordinal").over(within) == 1,
    )
    hidden = pl.col("_small") | (pl.col("_alone") & pl.col("_next").fill_null(value=False))
    shown = [pl.when(hidden).then(pl.lit(HIDDEN)).otherwise(_shown(rows, name)).alias(name) for name in counts]
    return marked.with_columns(shown).drop("_small", "_alone", "_next")


def suppressed_total(count: int, threshold: int, last: str | None = None) -> str:
    """A total for outside readers: treated on its own, never the sum of what is shown."""
    row = pl.DataFrame({"count": [count], "last_count": [last]}, schema={"count": pl.Int64, "last_count": pl.String})
    is_small, shown = row.select(small=_is_small(row, "count", threshold), shown=_shown(row, "count")).row(0)
    return HIDDEN if is_small else str(shown)


def _is_small(rows: pl.DataFrame, name: str, threshold: int) -> pl.Expr:
    """Whether a count is too small to show. One that was hidden comes out only when it is clearly larger.

    Else the release in which it comes out would say that it has just crossed the threshold.
    """
    small = pl.col(name).is_between(1, threshold)
    if f"last_{name}" not in rows.columns:
        return small
    was_hidden = (pl.col(f"last_{name}") == HIDDEN).fill_null(value=False)
    return small | (was_hidden & pl.col(name).is_between(1, threshold + _BASE))


def _shown(rows: pl.DataFrame, name: str) -> pl.Expr:
    """A count as shown: what was last given out as long as it is less than five away, else rounded anew.

    So two releases never differ because of one or two people, and the day of a change of rounding tells no count.
    """
    anew = rounded(pl.col(name)).cast(pl.String)
    if f"last_{name}" not in rows.columns:
        return anew
    last = pl.col(f"last_{name}").str.to_integer(strict=False)
    is_near = ((pl.col(name) - last).abs() < _BASE) & ((pl.col(name) == 0) == (last == 0))
    return pl.when(is_near.fill_null(value=False)).then(pl.col(f"last_{name}")).otherwise(anew)
