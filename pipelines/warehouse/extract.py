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
from pipelines.warehouse.sql import Name, Text, Typed, statement

MARTS = "marts"
HOUSEHOLD = "household_no"
_BYTES_PER_HOUSEHOLD = 60_000  # of memory while a view over every row of a household is worked out and sorted; measured


@dataclass(frozen=True)
class TableContent:
    """One published table: how many rows, and a hash of all of them that no order of rows changes.

    The hash is the same for the same rows wherever the locked DuckDB computes it; another DuckDB may hash otherwise.
    """

    rows: int
    hash: str


@dataclass(frozen=True)
class _Column:
    """One column: its DuckDB type, whether it may be blank, and the model's comment."""

    name: str
    kind: str
    nullable: bool
    comment: str | None


@dataclass(frozen=True)
class _Table:
    """One table or view: the model's comment and its columns in order.

    A view is worked out here, for a range of households at a time: see `in_slice` of the models.
    """

    name: str
    comment: str | None
    columns: list[_Column]
    is_view: bool

    @property
    def order(self) -> list[str]:
        """The columns that its rows are sorted by: the household, so that one is read fast, or all where there is none."""
        names = [column.name for column in self.columns]
        return [name for name in names if name == HOUSEHOLD] or names


def write_analyst_file(build: Path, target: Path, spill: Path, settings: Settings) -> dict[str, TableContent]:
    """Copy every mart of the closed file `build` into the new file `target`; returns the content by table name.

    Tables land in schema `main`, so a plain name finds them, with rows in the order of households, and with the
    models' comments; beside each is a view with Chinese column names. Schema `marts` repeats the tables as views.
    Raises BuildError when the build has no marts.
    """
    connection = memory_connection(settings, spill)
    try:
        attach(connection, build, "build")
        attach(connection, target, "release", read_only=False)
        tables = _tables(connection, "build", MARTS)
        if not tables:
            raise BuildError("没有算出任何可发布的表（marts）。")
        connection.execute("BEGIN")
        for table in tables:
            _make_table(connection, table)
        connection.execute("COMMIT")
        for table in tables:
            for part in _slices(connection) if table.is_view else [None]:
                _fill_table(connection, table, part)
        connection.execute("USE release")
        connection.execute("BEGIN")
        connection.execute("CREATE SCHEMA marts")
        for table in tables:
            _add_views(connection, table)
        connection.execute("COMMIT")
        contents = {table.name: _content(connection, table) for table in tables}
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
        tables = _tables(connection, "release", "main", with_views=False)
        return {table.name: _content(connection, table) for table in tables}
    finally:
        connection.close()


def state_hash(contents: dict[str, TableContent]) -> str:
    """One hash over all tables: equal if and only if the two warehouses say the same."""
    lines = [f"{name} {content.rows} {content.hash}\n" for name, content in sorted(contents.items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _tables(
    connection: duckdb.DuckDBPyConnection, database: str, schema: str, *, with_views: bool = True
) -> list[_Table]:
    """The tables of a schema, and its views where they count as such, by name.

    The catalogue is asked once for all of them: each question works out the columns of every view of the file anew.
    """
    place = {"database": database, "schema": schema}
    found = connection.execute(
        "SELECT table_name, comment, false FROM duckdb_tables() WHERE database_name = $database AND schema_name = $schema"
        " UNION ALL SELECT view_name, comment, true FROM duckdb_views()"
        " WHERE $views AND database_name = $database AND schema_name = $schema ORDER BY 1",
        place | {"views": with_views},
    ).fetchall()
    columns: dict[str, list[_Column]] = {name: [] for name, *_ in found}
    for name, *column in connection.execute(
        "SELECT table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns()"
        " WHERE database_name = $database AND schema_name = $schema ORDER BY table_name, column_index",
        place,
    ).fetchall():
        if name in columns:
            columns[name].append(_Column(*column))
    return [_Table(name, comment, columns[name], is_view) for name, comment, is_view in found]


def _make_table(connection: duckdb.DuckDBPyConnection, table: _Table) -> None:
    """An empty table like a mart, with its comments."""
    target = Name("release", "main", table.name)
    typed = [
        Typed(Name(column.name), column.kind + ("" if column.nullable else " NOT NULL")) for column in table.columns
    ]
    connection.execute(statement("CREATE TABLE {target} ({typed})", target=target, typed=typed))
    for column in table.columns:
        if column.comment:
            named = Name("release", "main", table.name, column.name)
            connection.execute(statement("COMMENT ON COLUMN {named} IS {text}", named=named, text=Text(column.comment)))
    if table.comment:
        connection.execute(statement("COMMENT ON TABLE {target} IS {text}", target=target, text=Text(table.comment)))


def _slices(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, int] | None]:
    """Ranges of household_id, in the order of the households, each no larger than memory holds; None where that is all."""
    number, last = connection.execute(
        "SELECT CAST(ceil(count(*) * $bytes / parse_formatted_bytes(current_setting('memory_limit'))) AS INTEGER),"
        " max(household_id) FROM build.intermediate.int_household_at",
        {"bytes": _BYTES_PER_HOUSEHOLD},
    ).fetchall()[0]
    if number < 2:
        return [None]
    return [(last * place // number + 1, last * (place + 1) // number) for place in range(number)]


def _fill_table(connection: duckdb.DuckDBPyConnection, table: _Table, part: tuple[int, int] | None) -> None:
    """The rows of a mart, in order; of a view only those of the range of households, if one is given."""
    if part:
        connection.execute("SET VARIABLE first_household = $1", [part[0]])
        connection.execute("SET VARIABLE last_household = $1", [part[1]])
    insert = "INSERT INTO {target} SELECT * FROM {source} ORDER BY {order}"
    source, target = Name("build", MARTS, table.name), Name("release", "main", table.name)
    order = [Name(column) for column in table.order]
    connection.execute(statement(insert, target=target, source=source, order=order))
    connection.execute("RESET VARIABLE first_household; RESET VARIABLE last_household")


def _add_views(connection: duckdb.DuckDBPyConnection, table: _Table) -> None:
    """A table of the release, which is in use, again under schema marts, and in schema main with Chinese column names."""
    view = "CREATE VIEW {view} AS SELECT * FROM {table}"
    connection.execute(statement(view, view=Name(MARTS, table.name), table=Name("main", table.name)))
    names = {column.name: chinese_name(column.comment, column.name) for column in table.columns}
    add_chinese_view(connection, table.name, names, table.comment)


def _content(connection: duckdb.DuckDBPyConnection, table: _Table) -> TableContent:
    """Rows and content hash of a table of the release: names and types of its columns, and the sum of its rows' hashes.

    A sum does not depend on the order of rows, and unlike an exclusive-or it does not lose repeated rows. It tells
    whether two nights say the same and whether a file reads back as written; who must tell an attack has the file's
    SHA-256 in the manifest.
    """
    cells = [Name(column.name) for column in table.columns]
    total = "SELECT count(*), sum(CAST(hash({cells}) AS HUGEINT)) FROM {table}"
    name = Name("release", "main", table.name)
    rows, summed = connection.execute(statement(total, cells=cells, table=name)).fetchall()[0]
    shape = ",".join(f"{column.name}:{column.kind}" for column in table.columns)
    digest = hashlib.sha256(f"{shape}|{rows}|{summed or 0}".encode()).hexdigest()
    return TableContent(rows=rows, hash=digest)
