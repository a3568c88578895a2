"""What a night came to, in figures: read from the analysts' file of the night itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.settings import Settings
from pipelines.warehouse.connect import attach, memory_connection


@dataclass(frozen=True)
class NightSummary:
    """Counts of one night: files and rows in, households by class, warnings by status, open remarks."""

    files: int
    refused: int
    rows: int
    loaded: int
    rejected: int
    repeats: int
    erased: int
    households: int
    classes: tuple[tuple[str, str, int], ...]
    warnings: int
    remarks: tuple[str, ...]


def summarise(warehouse: Path, spill: Path, settings: Settings) -> NightSummary:
    """The summary of a closed analysts' file; classes are (document, class name, households)."""
    connection = memory_connection(settings, spill)
    try:
        attach(connection, warehouse, "release")
        connection.execute("USE release")
        files, refused, rows, loaded, rejected, repeats, erased = _one(
            connection,
            "SELECT count(*), count(refused_reason), coalesce(sum(rows) FILTER (refused_reason IS NULL), 0),"
            " coalesce(sum(loaded), 0), coalesce(sum(rejected), 0), coalesce(sum(repeats), 0), coalesce(sum(erased), 0)"
            " FROM ops_file_receipt",
        )
        (households,) = _one(connection, "SELECT count(*) FROM fct_household_income")
        (warnings,) = _one(connection, "SELECT count(*) FROM fct_warning WHERE status IN ('待核实', '逾期未核实')")
        classes = connection.execute(
            "SELECT document, class_name, count(DISTINCT household_no) FROM fct_household_class GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        remarks = connection.execute("SELECT message FROM ops_check WHERE NOT passed ORDER BY message").fetchall()
    finally:
        connection.close()
    return NightSummary(
        files=files,
        refused=refused,
        rows=int(rows),
        loaded=int(loaded),
        rejected=int(rejected),
        repeats=int(repeats),
        erased=int(erased),
        households=households,
        classes=tuple(classes),
        warnings=warnings,
        remarks=tuple(message for (message,) in remarks),
    )


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    """The only row of a query."""
    return connection.execute(query).fetchall()[0]
