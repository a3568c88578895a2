"""Heads of households by sex and age band, for judging fairness only: neither is ever a feature."""

from __future__ import annotations

import polars as pl

from pipelines.county import County

FORM = "registry_household"
AGES = ((45, "45岁以下"), (65, "45至64岁"), (200, "65岁及以上"))


def heads(county: County, year: int) -> pl.DataFrame:
    """(head_key, 户主年龄, 户主性别): one row a head known to the lake, ages in the given year."""
    parts = [_part(county, file.stem) for file in sorted((county.lake / "forms" / FORM).glob("*.parquet"))]
    if not parts:
        return pl.DataFrame(schema={"head_key": pl.String, "户主年龄": pl.String, "户主性别": pl.String})
    age = year - pl.col("head_id").str.slice(6, 4).cast(pl.Int32, strict=False)
    band = pl.when(age < AGES[0][0]).then(pl.lit(AGES[0][1])).when(age < AGES[1][0]).then(pl.lit(AGES[1][1]))
    odd = pl.col("head_id").str.slice(16, 1).cast(pl.Int32, strict=False) % 2 == 1
    return (
        pl.concat(parts)
        .unique("head_key", keep="last", maintain_order=True)
        .select(
            "head_key",
            band.otherwise(pl.lit(AGES[2][1])).alias("户主年龄"),
            pl.when(odd).then(pl.lit("男")).otherwise(pl.lit("女")).alias("户主性别"),
        )
    )


def _part(county: County, content: str) -> pl.DataFrame:
    """Key and id of the heads of one received file."""
    keys = pl.read_parquet(county.lake / "forms" / FORM / f"{content}.parquet", columns=["_sheet", "_row", "head_key"])
    ids = pl.read_parquet(county.lake / "vault" / FORM / f"{content}.parquet", columns=["_sheet", "_row", "head_id"])
    return keys.join(ids, on=["_sheet", "_row"], nulls_equal=True).select("head_key", "head_id")
