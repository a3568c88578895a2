"""The closed build that papers are made from: read-only, as polars frames, with the night's own facts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from expectations.contract import all_contracts
from pipelines.settings import Settings
from pipelines.warehouse.connect import attach, memory_connection


@dataclass(frozen=True)
class Source:
    """A night's build.

    Attributes:
        connection: the build attached read-only and in use; tables are reached as schema.table.
        run_id, as_of, known_on: which night.
        county_name, county_region: of which county.
        late_forms: Chinese names of monthly forms whose file for the last full month had not come by K.
        spill: a folder of the build's that nobody else can read, for what does not fit in memory.
    """

    connection: duckdb.DuckDBPyConnection
    run_id: str
    as_of: date
    known_on: date
    county_name: str
    county_region: str
    late_forms: tuple[str, ...]
    spill: Path

    def frame(self, query: str, parameters: dict[str, object] | None = None) -> pl.DataFrame:
        """The rows of a query, as polars."""
        rows: pl.DataFrame = self.connection.sql(query, params=parameters).pl()
        return rows

    def frame_of(self, query: str, wanted: pl.DataFrame, parameters: dict[str, object] | None = None) -> pl.DataFrame:
        """The rows of a query that names the table `wanted`, which is this frame."""
        self.connection.register("wanted", wanted.to_arrow())
        try:
            return self.frame(query, parameters)
        finally:
            self.connection.unregister("wanted")

    def has_table(self, schema: str, table: str) -> bool:
        """Whether the build holds a table or view of that name."""
        return bool(
            self.connection.execute(
                "SELECT 1 FROM information_schema.tables WHERE table_catalog = 'build' AND table_schema = $1"
                " AND table_name = $2",
                [schema, table],
            ).fetchall()
        )

    @property
    def origin(self) -> str:
        """The state of the data, and the run."""
        return f"{self.data_state}批次 {self.run_id}。"

    @property
    def data_state(self) -> str:
        """One Chinese sentence: until when the data go, and what had not come."""
        late = f"未到的报表：{'、'.join(self.late_forms)}" if self.late_forms else "当期报表均已收到"
        return f"数据截止 {chinese_date(self.as_of)}，采用 {chinese_date(self.known_on)} 及以前收到的报表；{late}。"


@contextmanager
def open_source(build: Path, settings: Settings) -> Iterator[Source]:
    """Attach the closed file `build` read-only for the time of the block."""
    spill = build.parent / "spill"
    spill.mkdir(mode=0o700, parents=True, exist_ok=True)
    connection = memory_connection(settings, spill)
    try:
        attach(connection, build, "build")
        connection.execute("USE build")
        run_id, as_of, known_on, name, region = connection.execute(
            "SELECT run_id, as_of, known_on, county_name, county_region FROM raw.run"
        ).fetchall()[0]
        yield Source(connection, run_id, as_of, known_on, name, region, _late_forms(connection, as_of), spill)
    finally:
        connection.close()


def _late_forms(connection: duckdb.DuckDBPyConnection, as_of: date) -> tuple[str, ...]:
    """Monthly forms that ever came and whose latest period ends before the last month that is over on D."""
    rows = connection.execute(
        "SELECT form FROM raw.receipt WHERE refused_code IS NULL GROUP BY form"
        " HAVING max(period_end) < date_trunc('month', $1 + INTERVAL 1 DAY) - INTERVAL 1 DAY",
        [as_of],
    ).fetchall()
    contracts = all_contracts()
    return tuple(sorted(contracts[form].label for (form,) in rows if contracts[form].cadence == "monthly"))


def chinese_date(day: date | None) -> str:
    """2020-03-05 as 2020年3月5日; nothing for None."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
