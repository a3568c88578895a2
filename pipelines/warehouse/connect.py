"""Opening DuckDB: with limits, never online, and for readers without ever holding a lock on a build."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.errors import MistakeError
from pipelines.settings import Settings
from pipelines.warehouse.sql import Name, Text, statement


def memory_connection(settings: Settings, spill: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory connection with the run's limits; it spills to `spill` and cannot fetch extensions."""
    return duckdb.connect(
        ":memory:",
        config={
            "memory_limit": settings.memory_limit,
            "threads": settings.threads,
            "temp_directory": str(spill),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )


def attach(connection: duckdb.DuckDBPyConnection, file: Path, alias: str, *, read_only: bool = True) -> None:
    """Attach a database file under `alias`; writers get the storage of DuckDB 1.0 and no write-ahead log."""
    template = "ATTACH {file} AS {alias} " + (
        "(READ_ONLY)" if read_only else "(STORAGE_VERSION 'v1.0.0', RECOVERY_MODE no_wal_writes)"
    )
    connection.execute(statement(template, file=Text(str(file)), alias=Name(alias)))


def open_published(published: Path, settings: Settings, spill: Path) -> duckdb.DuckDBPyConnection:
    """A reader's connection on the warehouse that is current now, its tables reachable by plain name.

    `current` is followed once: a publish during the session changes nothing the reader sees. The reader cannot
    write, open other files or load extensions. Raises MistakeError when nothing was ever published.
    """
    current = published / "current"
    if not current.exists():
        raise MistakeError(f"{published} 中还没有发布过数据。请先运行 shouwang run。")
    spill.mkdir(parents=True, exist_ok=True)
    connection = memory_connection(settings, spill)
    attach(connection, current.resolve() / "warehouse.duckdb", "warehouse")
    connection.execute("USE warehouse")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection
