"""Reading comma- or tab-separated text without losing or inventing a character."""

from __future__ import annotations

import codecs
import csv
import io
import re
from functools import partial

import polars as pl

from pipelines.intake.grid import Grid, GridColumn, Workbook, text_columns
from pipelines.intake.refusal import RefusedError

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CELL_LIMIT = 131_072  # characters in one cell; a quote that never closes shows itself here
_WIDTH_LIMIT = 4_096  # columns
_FAST_FROM = 1 << 20  # bytes; below that Python's own reader is quicker than setting up the fast one
_BLANKS = " \t\u3000\u00a0\ufeff\u200b"
_BREAKS = re.compile(r"[\r\n]")
_QUOTED = re.compile(r'"[^"]*"')
_TOTAL_HINT = re.compile(r"[合总小共累]\s*计")
_TOTAL_WORD = re.compile(r"[\s\"]*(?:[合总小共累]\s*计|本页[小合]计)\s*[:：]?[\s\"]*")


def decode(content: bytes) -> tuple[str, str]:
    """Text and encoding name: by BOM, else strict UTF-8, else strict GB18030 over the whole file.

    Raises RefusedError when it is neither, or not text at all.
    """
    if content.startswith(codecs.BOM_UTF8):
        attempts = [("utf-8-sig", content[3:], "utf-8")]
    elif content.startswith(_UTF16):
        attempts = [("utf-16", content, "utf-16")]
    else:
        attempts = [("utf-8", content, "utf-8"), ("gbk", content, "gb18030")]
    for name, body, codec in attempts:
        try:
            text = body.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text, name
    raise RefusedError(
        "bad_encoding", "文件不是有效的文本（既不是 UTF-8 也不是 GBK 编码）。请用 Excel 或 WPS 另存为 .xlsx 后重报。"
    )


def _delimiter(text: str) -> str:
    head = text[:8192]
    return max((",", "\t", ";"), key=head.count)


def _read_fast(content: bytes, encoding: str, text: str, delimiter: str) -> tuple[GridColumn, ...] | None:
    """Columns of text without quotes, blank lines or ragged lines; None when it has any of them."""
    if '"' in text or "\n\n" in text or "\n\r" in text or text.count("\r") != text.count("\r\n"):
        return None
    width = text[: text.find("\n") % (len(text) + 1)].count(delimiter) + 1
    lines = text.count("\n") + (not text.endswith("\n"))
    utf8 = content if encoding == "utf-8" else text.encode()
    try:
        frame = pl.read_csv(
            io.BytesIO(utf8),
            has_header=False,
            schema={f"c{index}": pl.String for index in range(width)},
            separator=delimiter,
            quote_char=None,
            empty_string_is_null=False,
        )
    except pl.exceptions.PolarsError:
        return None
    if frame.height != lines or text.count(delimiter) != lines * (width - 1):
        return None
    return tuple(GridColumn(series) for series in frame.get_columns())


def _read_records(text: str, delimiter: str) -> tuple[GridColumn, ...]:
    csv.field_size_limit(_CELL_LIMIT)
    try:
        return text_columns(list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)))
    except csv.Error as error:
        raise RefusedError(
            "unreadable", "文件中有未配对的双引号，无法分清各列。请用 Excel 或 WPS 打开核对后，另存为 .xlsx 重报。"
        ) from error


def _count_rows(text: str, delimiter: str, below: int) -> int:
    """Records after index `below` that are neither blank nor hold a total's word, counted without a CSV parser."""
    if '"' in text:
        text = _QUOTED.sub(lambda quoted: _BREAKS.sub("", quoted[0].replace(delimiter, "")), text)
    if text.count("\r") != text.count("\r\n"):
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    start = 0
    for _ in range(below + 1):
        start = text.find("\n", start) + 1 or len(text)
    nothing = delimiter + _BLANKS + '\r"'
    if not _TOTAL_HINT.search(text, start):
        blank = re.compile(f"^[{re.escape(nothing)}]*$", re.MULTILINE)
        return text.count("\n", start) + 1 - sum(1 for _ in blank.finditer(text, start))
    return sum(
        bool(line.strip(nothing)) and not any(_TOTAL_WORD.fullmatch(cell) for cell in line.split(delimiter))
        for line in text[start:].split("\n")
    )


def read_text_file(content: bytes) -> Workbook:
    """One grid from the bytes of a text file; raises RefusedError when it is not text or holds nothing."""
    text, encoding = decode(content)
    if not text.strip():
        raise RefusedError("empty", "文件是空的，没有任何内容。请核对后重报。")
    delimiter = _delimiter(text)
    widest = max((line.count(delimiter) for line in text[: 1 << 20].split("\n")), default=0)
    if widest >= _WIDTH_LIMIT:
        raise RefusedError(
            "too_large", f"文件有 {widest + 1} 列，不像是报表。请用 Excel 或 WPS 打开核对，另存为 .xlsx 后重报。"
        )
    columns = _read_fast(content, encoding, text, delimiter) if len(text) >= _FAST_FROM else None
    if columns is None:
        columns = _read_records(text, delimiter)
    grid = Grid(None, columns, len(columns[0].text) if columns else 0, recount=partial(_count_rows, text, delimiter))
    return Workbook(encoding, (grid,))
