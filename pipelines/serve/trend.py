"""How many households and people were in each class at the end of past months: from the nights that are kept."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from pipelines.county import County
from pipelines.errors import DamageError
from pipelines.serve.users import User
from pipelines.settings import Settings
from pipelines.warehouse.connect import attach, memory_connection
from pipelines.warehouse.gates import ANALYST_FILE
from pipelines.warehouse.manifest import Manifest
from pipelines.warehouse.publish import published_folders

MONTHS = 24
_COUNTS = """
    SELECT homes.township_code, places.name, count(*) AS households, sum(homes.members)::BIGINT AS people
    FROM (
        SELECT DISTINCT household_no, class_name AS name FROM fct_household_class
        UNION ALL
        SELECT household_no, '在册监测对象' FROM fct_monitored_household WHERE is_monitored
        UNION ALL
        SELECT household_no, '低于监测标准' FROM fct_household_income
        WHERE income_status <> '待定' AND disposable_income_per_capita_yuan < watch_line_yuan_per_year
    ) AS places
    JOIN dim_household AS homes USING (household_no)
    GROUP BY ALL
"""


@dataclass(frozen=True)
class _Month:
    """What one kept night says: its as-of day, and (township code, class, households, people)."""

    as_of: date
    counts: tuple[tuple[str, str, int, int], ...]


class Trend:
    """Counts of past nights; a published night never changes, so each is read once."""

    def __init__(self, county: County, settings: Settings, spill: Path) -> None:
        self._county, self._settings, self._spill = county, settings, spill
        self._lock = threading.Lock()
        self._months: dict[str, _Month | None] = {}

    def warm(self) -> None:
        """Read the kept nights before anybody asks."""
        self._kept()

    def frame(self, user: User) -> pl.DataFrame:
        """One row per month and class, of the user's township or the whole county: 月份, 类别, 户数, 人数."""
        months: dict[str, _Month] = {}
        for month in self._kept():
            months[f"{month.as_of:%Y-%m}"] = month  # folders come in order of day: the last night of a month stays
        rows = [
            (month.as_of, name, households, people)
            for key in sorted(months)[-MONTHS:]
            for month in [months[key]]
            for township, name, households, people in month.counts
            if user.role != "township" or township == user.township
        ]
        schema = {"月份": pl.Date, "类别": pl.String, "户数": pl.Int64, "人数": pl.Int64}
        frame = pl.DataFrame(rows, schema=schema, orient="row")
        return frame.group_by("月份", "类别").agg(pl.col("户数", "人数").sum()).sort("月份", "类别")

    def _kept(self) -> list[_Month]:
        with self._lock:
            folders = published_folders(self._county)
            self._months = {
                folder.name: self._months.get(folder.name) or self._read(folder) for folder in folders[-MONTHS - 7 :]
            }
            return [month for month in self._months.values() if month is not None]

    def _read(self, folder: Path) -> _Month | None:
        """The counts of one folder; None for one that is damaged or just being removed."""
        connection = memory_connection(self._settings, self._spill)
        try:
            as_of = date.fromisoformat(Manifest.read(folder).as_of)
            attach(connection, folder / ANALYST_FILE, "night")
            connection.execute("USE night")
            return _Month(as_of, tuple(connection.execute(_COUNTS).fetchall()))
        except (duckdb.Error, DamageError):
            return None
        finally:
            connection.close()
