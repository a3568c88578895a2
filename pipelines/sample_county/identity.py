"""Resident identity numbers of invented people: 18 characters with the right check character (GB 11643)."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.sample_county.streams import Bools, Days, Generator, Ints

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECKS = pl.Series(list("10X98765432"))


def check_characters(bodies: Ints) -> pl.Series:
    """Check characters of 17-digit bodies given as whole numbers (length n)."""
    powers = 10 ** np.arange(16, -1, -1, dtype=np.int64)
    total = np.zeros(len(bodies), dtype=np.int64)
    for weight, power in zip(_WEIGHTS, powers, strict=True):
        total += weight * (bodies // power % 10)
    return _CHECKS.gather(total % 11)


def identity_numbers(region: str, birth: Days, male: Bools, draws: Generator) -> pl.Series:
    """Different ids for everyone (length n), by day of birth and sex; one in twenty was registered in a neighbouring county.

    Raises ValueError when more than 500 people of one sex share a day of birth.
    """
    n = len(birth)
    months = birth.astype("datetime64[M]")
    year, month = months.astype(np.int64) // 12 + 1970, months.astype(np.int64) % 12 + 1
    day = (birth - months.astype("datetime64[D]")).astype(np.int64) + 1
    stamp = (year * 10000 + month * 100 + day).astype(np.int64)
    group = stamp * 2 + male
    order = np.argsort(group, kind="stable")
    ranked = group[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    rank = np.empty(n, dtype=np.int64)
    rank[order] = np.arange(n) - np.repeat(starts, np.diff(np.r_[starts, n]))
    if n and rank.max() >= 500:
        raise ValueError("more than 500 people of one sex were born on one day")
    sequence = ((rank + stamp * 37) % 500) * 2 + male
    home = np.where(draws.random(n) < 0.05, draws.integers(1, 5, n), 0) + int(region)
    body = home.astype(np.int64) * 10**11 + stamp * 1000 + sequence
    return (pl.Series(body).cast(pl.String) + check_characters(body)).alias("id")
