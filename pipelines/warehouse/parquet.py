"""The published tables as Parquet files, for tools that read no DuckDB."""

from __future__ import annotations

import shutil
from pathlib import Path

from pipelines.errors import MistakeError
from pipelines.settings import Settings
from pipelines.warehouse.connect import attach, memory_connection
from pipelines.warehouse.gates import ANALYST_FILE
from pipelines.warehouse.sql import Name, Text, statement

COLUMNS_FILE = "字段说明.csv"


def write_parquet(night: Path, target: Path, settings: Settings) -> int:
    """Write every table of a published night into the new folder `target`, with one file that explains the columns.

    Returns the number of tables. Raises MistakeError when the folder is there already; it appears whole or not at all.
    """
    if target.exists():
        raise MistakeError(f"{target} 已经存在。请换一个文件夹名，或先删除它。")
    draft = target.with_name(f".{target.name}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    connection = memory_connection(settings, draft / ".spill")
    try:
        attach(connection, night / ANALYST_FILE, "night")
        tables = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'night' AND schema_name = 'main' ORDER BY 1"
        ).fetchall()
        for (table,) in tables:
            copy = "COPY {table} TO {file} (FORMAT parquet, COMPRESSION zstd)"
            file = Text(str(draft / f"{table}.parquet"))
            connection.execute(statement(copy, table=Name("night", "main", table), file=file))
        told = (
            "COPY (SELECT table_name AS 表, column_name AS 字段, data_type AS 类型, comment AS 说明 FROM duckdb_columns()"
            " WHERE database_name = 'night' AND schema_name = 'main' AND table_name NOT LIKE 'v!_%' ESCAPE '!'"
            " ORDER BY table_name, column_index) TO {file} (HEADER)"
        )
        connection.execute(statement(told, file=Text(str(draft / COLUMNS_FILE))))
    finally:
        connection.close()
    shutil.rmtree(draft / ".spill", ignore_errors=True)
    draft.rename(target)
    return len(tables)
