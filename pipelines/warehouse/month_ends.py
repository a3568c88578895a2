"""How many households and people were in each class at a month end: as a night says, or as `shouwang history` worked out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

import duckdb
import polars as pl

from pipelines.county import County

# What every county counts, whatever documents it adopted; all other names are classes of a document.
MEASURES = ("低于监测标准", "低保在保", "在册监测对象")
_OF_NIGHT = """
    SELECT homes.township_code, places.name, count(*) AS households, sum(homes.members)::BIGINT AS people
    FROM (
        SELECT DISTINCT household_no, class_name AS name FROM fct_household_class
        UNION ALL
        SELECT household_no, '在册监测对象' FROM dim_household WHERE is_monitored
        UNION ALL
        SELECT household_no, '低保在保' FROM dim_household WHERE is_on_dibao
        UNION ALL
        SELECT household_no, '低于监测标准' FROM fct_household_income
        WHERE income_status <> '待定' AND disposable_income_per_capita_yuan < watch_line_yuan_per_year
    ) AS places
    JOIN dim_household AS homes USING (household_no)
    GROUP BY ALL
"""
# A past month end knows incomes and rosters, not who was on the county's register or in a class then.
_OF_HISTORY = """
    SELECT as_of, township_code, name, count(*) AS households, sum(members)::BIGINT AS people
    FROM (
        SELECT as_of, township_code, members, '低保在保' AS name FROM fct_household_history WHERE is_on_dibao
        UNION ALL
        SELECT as_of, township_code, members, '低于监测标准' FROM fct_household_history WHERE is_below_watch_line
    )
    GROUP BY ALL
    ORDER BY ALL
"""


@dataclass(frozen=True)
class MonthEnd:
    """One day: for each township code and class (Chinese), households and people. `is_night`: a night was published."""

    as_of: date
    counts: tuple[tuple[str, str, int, int], ...]
    is_night: bool

    def of_township(self, code: str) -> MonthEnd:
        """The same day, of one township alone."""
        return replace(self, counts=tuple(count for count in self.counts if count[0] == code))

    def total(self, name: str) -> tuple[int, int]:
        """Households and people of a class over all townships; 0 where it had none."""
        counts = [count for count in self.counts if count[1] == name]
        return sum(count[2] for count in counts), sum(count[3] for count in counts)


def night_counts(connection: duckdb.DuckDBPyConnection, as_of: date) -> MonthEnd:
    """The counts of the night whose tables the connection finds by plain name."""
    return MonthEnd(as_of, tuple(connection.execute(_OF_NIGHT).fetchall()), is_night=True)


def keep_history(county: County, connection: duckdb.DuckDBPyConnection) -> None:
    """Keep the counts of a private build with month ends, in the place of those kept before; no household is in them."""
    counts: pl.DataFrame = connection.sql(_OF_HISTORY).pl()
    draft = county.history.with_name(f".{county.history.name}")
    counts.write_parquet(draft)
    draft.replace(county.history)


def read_history(county: County) -> list[MonthEnd]:
    """The kept month ends, oldest first; none when none were kept or the file is damaged."""
    try:
        rows = pl.read_parquet(county.history).select("as_of", "township_code", "name", "households", "people").rows()
    except (OSError, pl.exceptions.PolarsError):
        return []
    return [
        MonthEnd(as_of, tuple(row[1:] for row in same_day), is_night=False)
        for as_of, same_day in groupby(rows, key=lambda row: row[0])
    ]
