"""Looks for planted people in files: raw bytes in every encoding, and what compressed formats hold inside."""

from __future__ import annotations

import io
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

MARK = "龘靐龗"  # every planted name begins with it; in any encoding too long to stand in compressed bytes by chance
_MARKS = (
    *(MARK.encode(encoding) for encoding in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")),
    b"\\u9f98\\u9750", b"\\U00009f98", b"%E9%BE%98", b"&#40856;", b"&#x9f98;", b"&#x9F98;",
)  # fmt: skip
_NUMBERS = re.compile(rb"[0-9]{11,}[Xx]?")


@dataclass(frozen=True)
class Planted:
    """Ids, phone and account numbers of the planted people; their names have the mark."""

    people: int
    numbers: frozenset[bytes]

    def kinds_in(self, content: bytes) -> set[str]:
        """`name` and `number`, as far as the bytes have any."""
        found = {"name"} if any(mark in content for mark in _MARKS) else set()
        plain = content.replace(b"\0", b"") if b"\0" in content else content  # UTF-16 digits are digits then
        for text in {run for source in {content, plain} for run in _NUMBERS.findall(source)}:
            if any(text[start : start + size] in self.numbers for size in self._sizes for start in range(len(text))):
                found.add("number")
                break
        return found

    @property
    def _sizes(self) -> set[int]:
        return {len(number) for number in self.numbers}

    def leaks(self, file: Path) -> set[str]:
        """What of the planted people a file holds, in whatever form."""
        found: set[str] = set()
        for content in contents(file):
            found |= self.kinds_in(content)
        return found


def contents(file: Path) -> Iterator[bytes]:
    """The bytes of a file, then what it holds when it is a package or a database."""
    content = file.read_bytes()
    yield content
    yield from _inside(content)
    if content[8:12] == b"DUCK":
        yield from _tables(file)
    elif content.startswith(b"SQLite format 3\0"):
        yield from _rows(file)
    elif content[:4] == b"PAR1" and content[-4:] == b"PAR1":
        yield pl.read_parquet(io.BytesIO(content)).write_csv().encode()


def _inside(content: bytes) -> Iterator[bytes]:
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            yield name.encode() + package.read(name)


def _tables(file: Path) -> Iterator[bytes]:
    """Every row of every table of a closed DuckDB file, as text."""
    connection = duckdb.connect()
    connection.execute(f"ATTACH '{file}' AS looked (READ_ONLY)")
    tables = connection.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'looked'"
    ).fetchall()
    for schema, table in tables:
        frame = connection.sql(f'SELECT CAST(COLUMNS(*) AS VARCHAR) FROM looked."{schema}"."{table}"').pl()  # noqa: S608
        yield frame.write_csv().encode()
    connection.close()


def _rows(file: Path) -> Iterator[bytes]:
    """Every row of every table of an SQLite file; a value may be spread over pages."""
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for row in connection.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - a table's own name
            yield "\x1f".join(map(str, row)).encode()
    connection.close()
