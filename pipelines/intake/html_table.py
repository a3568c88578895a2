"""Reading the HTML tables that old web systems hand out under the name of `.xls`."""

from __future__ import annotations

import html
import re
from functools import partial
from html.parser import HTMLParser

from pipelines.intake.grid import Grid, Workbook, holds_data, text_columns
from pipelines.intake.refusal import RefusedError
from pipelines.intake.text_file import decode

_SPAN_LIMIT = 1_000
_CELL_LIMIT = 5_000_000
_SILENT = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_ROW = re.compile(r"<tr\b[^>]*>", re.IGNORECASE)
_CELL = re.compile(r"<t[dh]\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


def looks_like_html(content: bytes) -> bool:
    """Whether bytes begin like a web page or a bare table."""
    head = content[:4096].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return head.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<style")) or (
        head.startswith(b"<") and b"<table" in head
    )


def _span(value: str | None) -> int:
    return min(int(value), _SPAN_LIMIT) if value and value.isascii() and value.isdigit() and int(value) else 1


class _TableReader(HTMLParser):
    """Collects every table's cells; a spanning cell stands in its first place and leaves the others blank."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._width = 1
        self._below: dict[int, int] = {}
        self._reach: list[tuple[int, int]] = []
        self._silent = 0
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag in ("script", "style"):
            self._silent += 1
        elif tag == "tr":
            self._end_row()
            self._row = []
        elif tag in ("td", "th"):
            self._end_cell()
            self._row = self._row if self._row is not None else []
            while self._below.get(len(self._row), 0) > 0:
                self._row.append("")
            self._cell, self._width = [], _span(named.get("colspan"))
            self._reach += [(len(self._row) + n, _span(named.get("rowspan")) - 1) for n in range(self._width)]
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent = max(0, self._silent - 1)
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag in ("tr", "table"):
            self._end_row()

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._silent:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is None or self._row is None:
            return
        self._row += ["".join(self._cell).strip(), *[""] * (self._width - 1)]
        self._cells += self._width
        if self._cells > _CELL_LIMIT:
            raise RefusedError("too_large", "网页格式的表格过大。请用 Excel 或 WPS 打开后另存为 .xlsx 重报。")
        self._cell = None

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is None:
            return
        self.rows.append(self._row)
        self._row = None
        self._below = {column: left - 1 for column, left in self._below.items() if left > 1}
        self._below |= {column: left for column, left in self._reach if left > 0}
        self._reach = []


def read_html(content: bytes) -> Workbook:
    """One grid of all the tables of a page, in order; raises RefusedError when it has none."""
    text, _ = decode(content)
    reader = _TableReader()
    reader.feed(text)
    reader.close()
    reader._end_row()
    if not any(cell for row in reader.rows for cell in row):
        raise RefusedError(
            "unreadable", "这是网页格式的文件，其中没有表格内容。请用 Excel 或 WPS 打开后另存为 .xlsx 重报。"
        )
    columns = text_columns(reader.rows)
    return Workbook("html", (Grid(None, columns, len(reader.rows), recount=partial(_count_rows, text)),))


def _count_rows(text: str, below: int) -> int:
    """Rows of the page after index `below` that hold data, counted by cutting the text at its row and cell tags."""
    rows = _ROW.split(_SILENT.sub("", text))[1:]
    cells = ([html.unescape(_TAG.sub("", cell)) for cell in _CELL.split(row)[1:]] for row in rows[below + 1 :])
    return sum(holds_data(row) for row in cells)
