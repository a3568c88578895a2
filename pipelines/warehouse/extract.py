"""The analysts' file: the marts of a finished build, copied into a file of their own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.errors import BuildError
from pipelines.settings import Settings
from pipelines.warehouse.chinese_views import add_chinese_view, chinese_name
from pipelines.warehouse.connect import attach, memory_connection
from pipelines.warehouse.sql import Name, Text, statement

MARTS = "marts"


@dataclass(frozen=True)
class TableContent:
    """One published table: how many rows, and a hash of all of them that no order of rows changes."""

    rows: int
    hash: str


def write_analyst_file(build: Path, target: Path, spill: Path, settings: Settings) -> dict[str, TableContent]:
    """Copy every mart of the closed file `build` into the new file `target`; returns the content by table name.

    Tables land in schema `main`, so a plain name finds them, with rows in the order of their key, and with the
    models' comments; beside each is a view with Chinese column names. Schema `marts` repeats the tables as views.
    Raises BuildError when the build has no marts.
    """
    connection = memory_connection(settings, spill)
    try:
        attach(connection, build, "build")
        attach(connection, target, "release", read_only=False)
        names = _mart_names(connection)
        if not names:
            raise BuildError("没有算出任何可发布的表（marts）。")
        for name in names:
            _copy_table(connection, name)
        _add_views(connection, names)
        contents = {name: _content(connection, "release", name) for name in names}
        connection.execute("CHECKPOINT release")
        connection.execute("USE memory")
        connection.execute("DETACH release")
    finally:
        connection.close()
    return contents


def read_contents(warehouse: Path, spill: Path, settings: Settings) -> dict[str, TableContent]:
    """The content of every table of a published file, read anew."""
    connection = memory_connection(settings, spill)
    try:
        attach(connection, warehouse, "release")
        rows = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'release' AND schema_name = 'main' ORDER BY 1"
        ).fetchall()
        return {name: _content(connection, "release", name) for (name,) in rows}
    finally:
        connection.close()


def state_hash(contents: dict[str, TableContent]) -> str:
    """One hash over all tables: equal if and only if the two warehouses say the same."""
    lines = [f"{name} {content.rows} {content.hash}\n" for name, content in sorted(contents.items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _mart_names(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Tables and views of schema marts: all become tables."""
    rows = connection.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_catalog = 'build' AND table_schema = $marts"
        " ORDER BY table_name",
        {"marts": MARTS},
    ).fetchall()
    return [name for (name,) in rows if not name.endswith("__dbt_backup")]


def _columns(connection: duckdb.DuckDBPyConnection, database: str, schema: str, table: str) -> list[tuple[str, ...]]:
    """Name, type, nullability and comment of each column, in order."""
    return connection.execute(
        "SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns()"
        " WHERE database_name = $database AND schema_name = $schema AND table_name = $table ORDER BY column_index",
        {"database": database, "schema": schema, "table": table},
    ).fetchall()


def _copy_table(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """One mart with its columns' types, its rows in order of their key, and its comments."""
    columns = _columns(connection, "build", MARTS, name)
    source, target = Name("build", MARTS, name), Name("release", "main", name)
    order = [Name(column) for column in _key(connection, name) or [column[0] for column in columns]]
    connection.execute(statement("CREATE TABLE {target} AS FROM {source} LIMIT 0", target=target, source=source))
    for column, _, nullable, comment in columns:
        place = {"target": target, "column": Name(column)}
        if not nullable:
            connection.execute(statement("ALTER TABLE {target} ALTER {column} SET NOT NULL", **place))
        if comment:
            named = Name("release", "main", name, column)
            connection.execute(statement("COMMENT ON COLUMN {named} IS {text}", named=named, text=Text(comment)))
    about = _table_comment(connection, name)
    if about:
        connection.execute(statement("COMMENT ON TABLE {target} IS {text}", target=target, text=Text(about)))
    insert = "INSERT INTO {target} SELECT * FROM {source} ORDER BY {order}"
    connection.execute(statement(insert, target=target, source=source, order=order))


def _table_comment(connection: duckdb.DuckDBPyConnection, name: str) -> str | None:
    """The comment of a mart, which may be a table or a view in the build."""
    rows = connection.execute(
        "SELECT comment FROM duckdb_tables() WHERE database_name = 'build' AND schema_name = $1 AND table_name = $2"
        " UNION ALL"
        " SELECT comment FROM duckdb_views() WHERE database_name = 'build' AND schema_name = $1 AND view_name = $2",
        [MARTS, name],
    ).fetchall()
    return rows[0][0] if rows else None


def _key(connection: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    """The primary key's columns, or none when the mart declares none."""
    rows = connection.execute(
        "SELECT constraint_column_names FROM duckdb_constraints() WHERE database_name = 'build' AND schema_name = $1"
        " AND table_name = $2 AND constraint_type = 'PRIMARY KEY'",
        [MARTS, name],
    ).fetchall()
    return list(rows[0][0]) if rows else []


def _add_views(connection: duckdb.DuckDBPyConnection, tables: list[str]) -> None:
    """Each table of the release again under schema marts, and in schema main with Chinese column names."""
    connection.execute("USE release")
    connection.execute("CREATE SCHEMA marts")
    for table in tables:
        view = "CREATE VIEW {view} AS SELECT * FROM {table}"
        connection.execute(statement(view, view=Name(MARTS, table), table=Name("main", table)))
        columns = _columns(connection, "release", "main", table)
        names = {column: chinese_name(comment, column) for column, _, _, comment in columns}
        add_chinese_view(connection, table, names, _table_comment(connection, table))


def _content(connection: duckdb.DuckDBPyConnection, database: str, table: str) -> TableContent:
    """Rows and content hash of a table: names and types of its columns, and the sum of its rows' MD5 sums.

    A sum does not depend on the order of rows, and unlike an exclusive-or it does not lose repeated rows.
    """
    columns = _columns(connection, database, "main", table)
    total = """
        SELECT count(*), sum(md5_number_lower(line)::HUGEINT), sum(md5_number_upper(line)::HUGEINT)
        FROM (SELECT concat_ws(chr(31), {cells}) AS line FROM (SELECT coalesce(CAST(COLUMNS(*) AS VARCHAR), chr(1)) FROM {table}))
    """
    table_name = Name(database, "main", table)
    rows, low, high = connection.execute(
        statement(total, cells=[Name(column[0]) for column in columns], table=table_name)
    ).fetchall()[0]
    shape = ",".join(f"{column[0]}:{column[1]}" for column in columns)
    digest = hashlib.sha256(f"{shape}|{rows}|{low or 0}|{high or 0}".encode()).hexdigest()
    return TableContent(rows=rows, hash=digest)
