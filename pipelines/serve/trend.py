"""How many households and people were in each class at the end of past months: from kept nights, else as worked out."""

from __future__ import annotations

import threading
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
from pipelines.warehouse.month_ends import MonthEnd, night_counts, read_history
from pipelines.warehouse.publish import published_folders

MONTHS = 24
SCHEMA = {"月份": pl.Date, "类别": pl.String, "户数": pl.Int64, "人数": pl.Int64, "来源": pl.String}
PUBLISHED, WORKED_OUT = "发布", "补算"


class Trend:
    """Counts of past nights; a published night never changes, so each is read once."""

    def __init__(self, county: County, settings: Settings, spill: Path) -> None:
        self._county, self._settings, self._spill = county, settings, spill
        self._lock = threading.Lock()
        self._months: dict[str, MonthEnd | None] = {}

    def frame(self, user: User) -> pl.DataFrame:
        """One row per month and class, of the user's township or the whole county, with whether a night or a history said so.

        A month that has a published night is told by its last one.
        """
        days = [*read_history(self._county), *self._kept()]  # each in order of day: the last of a month stays
        latest = sorted({f"{day.as_of:%Y-%m}": day for day in days}.items())[-MONTHS:]
        shown = [day.of_township(user.township) if user.role == "township" else day for _, day in latest]
        names = {
            kind: {count[1] for day in shown if day.is_night is kind for count in day.counts} for kind in (True, False)
        }
        rows = [
            (day.as_of, name, *day.total(name), PUBLISHED if day.is_night else WORKED_OUT)
            for day in shown
            for name in sorted(names[day.is_night])
        ]
        return pl.DataFrame(rows, schema=SCHEMA, orient="row")

    def _kept(self) -> list[MonthEnd]:
        with self._lock:
            folders = published_folders(self._county)
            self._months = {
                folder.name: self._months.get(folder.name) or self._read(folder) for folder in folders[-MONTHS - 7 :]
            }
            return [month for month in self._months.values() if month is not None]

    def _read(self, folder: Path) -> MonthEnd | None:
        """The counts of one folder; None for one that is damaged or just being removed."""
        connection = memory_connection(self._settings, self._spill)
        try:
            as_of = date.fromisoformat(Manifest.read(folder).as_of)
            attach(connection, folder / ANALYST_FILE, "night")
            connection.execute("USE night")
            return night_counts(connection, as_of)
        except (duckdb.Error, DamageError):
            return None
        finally:
            connection.close()
