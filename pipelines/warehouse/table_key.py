"""A table's key, looked for once in the finished table: as a constraint it is an index, held in memory as long as the file."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from pipelines.errors import BuildError
from pipelines.warehouse.sql import Name, statement

_REPEATED = "SELECT 1 FROM {place} GROUP BY {key} HAVING count(*) > 1 LIMIT 1"


def require_key(connection: duckdb.DuckDBPyConnection, place: Name, key: Sequence[str]) -> None:
    """Raises BuildError when several rows of a table have one key. What dbt writes is looked at by `key_checked` there."""
    repeated = statement(_REPEATED, place=place, key=[Name(column) for column in key])
    if connection.execute(repeated).fetchall():
        raise BuildError(f"表 {place.path[-1]} 中有几行的键（{'、'.join(key)}）相同，不能发布。请联系系统管理员。")
