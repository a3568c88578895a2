"""Every published table again as a view whose columns bear their Chinese names, for people who write SQL in Chinese.

The names are those of the comments that the models give their columns: `中文名。说明`.
"""

from __future__ import annotations

import re

import duckdb

from pipelines.warehouse.sql import Name, Renamed, Text, statement

_END_OF_NAME = re.compile(r"[。：]")


def chinese_view(table: str) -> str:
    """The view over a table: `fct_warning` is `v_fct_warning_cn`."""
    return f"v_{table}_cn"


def chinese_name(comment: str | None, column: str) -> str:
    """The Chinese name that a column's comment begins with; the column's own where it has no comment."""
    return _END_OF_NAME.split(comment)[0] if comment else column


def add_chinese_view(
    connection: duckdb.DuckDBPyConnection, table: str, names: dict[str, str], comment: str | None
) -> None:
    """Make the view over `table` in schema main of the database in use; `names` gives each column's Chinese name.

    Raises BinderException of DuckDB where two columns bear the same name.
    """
    view = Name("main", chinese_view(table))
    columns = [Renamed(Name(column), Name(name)) for column, name in names.items()]
    select = "CREATE VIEW {view} AS SELECT {columns} FROM {table}"
    connection.execute(statement(select, view=view, columns=columns, table=Name("main", table)))
    if comment:
        connection.execute(statement("COMMENT ON VIEW {view} IS {text}", view=view, text=Text(comment)))
