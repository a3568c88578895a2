"""Groups of people that fairness is judged by and visits may be kept for. Sex and age are never features."""

from __future__ import annotations

import polars as pl

from models.slices import TOWNSHIP
from pipelines.county import County

AGES = ((45, "45岁以下"), (65, "45至64岁"), (200, "65岁及以上"))


def people_groups(rows: pl.DataFrame, county: County, year: int) -> pl.DataFrame:
    """One column a group, one row for each of `rows` (head_key, township_code, members, has_disabled), in their order."""
    size = pl.when(pl.col("members") <= 1).then(pl.lit("1人")).when(pl.col("members") <= 3).then(pl.lit("2至3人"))
    joined = rows.join(_heads(rows, county, year), on="head_key", how="left", maintain_order="left")
    return joined.select(
        "户主年龄",
        "户主性别",
        pl.col("township_code").alias(TOWNSHIP),
        size.otherwise(pl.lit("4人及以上")).alias("家庭人口"),
        pl.when("has_disabled").then(pl.lit("有")).otherwise(pl.lit("无")).alias("残疾成员"),
    )


def _heads(rows: pl.DataFrame, county: County, year: int) -> pl.DataFrame:
    """(head_key, 户主年龄, 户主性别): one row a head of `rows` known to the member lists, ages in the given year."""
    files = sorted((county.lake / "forms" / "registry_member").glob("*.parquet"))
    if not files:
        return pl.DataFrame(schema={"head_key": pl.String, "户主年龄": pl.String, "户主性别": pl.String})
    heads = rows.lazy().select(pl.col("head_key").unique().alias("person_key"))
    parts = [
        pl.scan_parquet(file).select("person_key", "born_on", "sex").join(heads, on="person_key", how="semi").unique()
        for file in files
    ]
    age = year - pl.col("born_on").dt.year()
    band = pl.when(age < AGES[0][0]).then(pl.lit(AGES[0][1])).when(age < AGES[1][0]).then(pl.lit(AGES[1][1]))
    return (
        pl.concat(parts)
        .unique("person_key", keep="last", maintain_order=True)
        .select(
            pl.col("person_key").alias("head_key"),
            band.otherwise(pl.lit(AGES[2][1])).alias("户主年龄"),
            pl.col("sex").alias("户主性别"),
        )
        .collect()
    )
