"""Reading comma- or tab-separated text without losing or inventing a character."""

from __future__ import annotations

import codecs
import csv
import io
import re
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.intake.grid import Grid, GridColumn, Workbook, text_columns
from pipelines.intake.refusal import RefusedError

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CELL_LIMIT = 131_072  # characters in one cell; a quote that never closes shows itself here
_WIDTH_LIMIT = 4_096  # columns
_FAST_FROM = 1 << 20  # bytes; below that Python's own reader is quicker than setting up the fast one
_NOTHING = ' \t\r\n\u3000\u00a0\ufeff\u200b"'
_BREAKS = re.compile(r"[\r\n]")
_QUOTED = re.compile(r'"[^"]*"')
_TOTAL_HINT = "计".encode()
_TOTAL_WORD = re.compile(r"[\s\"]*(?:[合总小共累]\s*计|本页[小合]计)\s*[:：]?[\s\"]*")


def _no_text() -> RefusedError:
    return RefusedError(
        "bad_encoding", "文件不是有效的文本（既不是 UTF-8 也不是 GBK 编码）。请用 Excel 或 WPS 另存为 .xlsx 后重报。"
    )


def _as_utf8(content: bytes) -> tuple[bytes, str]:
    """UTF-8 bytes without BOM, and encoding name: by BOM, else strict UTF-8, else strict GB18030 over the whole file.

    Raises RefusedError when it is neither, or not text at all.
    """
    try:
        if content.startswith(_UTF16):
            utf8, name = content.decode("utf-16").encode(), "utf-16"
        elif content.startswith(codecs.BOM_UTF8):
            utf8, name = content[len(codecs.BOM_UTF8) :], "utf-8-sig"
        else:
            utf8, name = content, "utf-8"
        pl.Series([utf8], dtype=pl.Binary).cast(pl.String)  # far quicker than decoding, and as strict
    except (UnicodeError, pl.exceptions.PolarsError):
        if content.startswith((*_UTF16, codecs.BOM_UTF8)):
            raise _no_text() from None
        try:
            utf8, name = content.decode("gb18030").encode(), "gbk"
        except UnicodeError:
            raise _no_text() from None
    if b"\x00" in utf8:
        raise _no_text()
    return utf8, name


def decode(content: bytes) -> tuple[str, str]:
    """Text and encoding name of a file's bytes; raises RefusedError when they are no text, see `_as_utf8`."""
    utf8, name = _as_utf8(content)
    return utf8.decode(), name


class _Lines:
    """The lines of UTF-8 text: where each begins, and which of them may be blank or a total.

    Attributes:
        starts: offset of each line's first byte; text behind the last line feed is a line only when there is any.
        suspects: indexes of lines, among which every blank line and every total is.
    """

    def __init__(self, utf8: bytes, delimiter: str) -> None:
        self._utf8 = utf8
        self._end = len(utf8)
        characters = np.frombuffer(utf8, dtype=np.uint8)
        starts = np.concatenate([[0], np.flatnonzero(characters == ord("\n")) + 1])
        self.starts = starts[starts < self._end]
        may_be_blank = np.zeros(256, dtype=bool)
        may_be_blank[[character[0] for character in [*(blank.encode() for blank in _NOTHING), delimiter.encode()]]] = (
            True
        )
        blank = np.flatnonzero(may_be_blank[characters[self.starts]])
        self.suspects = np.union1d(blank, self._hinted())

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, index: int) -> bytes:
        end = self.starts[index + 1] if index + 1 < len(self) else self._end
        return self._utf8[self.starts[index] : end]

    def _hinted(self) -> NDArray[np.int64]:
        """Indexes of the lines in which 计 stands."""
        found = []
        at = self._utf8.find(_TOTAL_HINT)
        while at >= 0:
            index = int(np.searchsorted(self.starts, at, side="right")) - 1
            found.append(index)
            at = self._utf8.find(_TOTAL_HINT, self.starts[index + 1]) if index + 1 < len(self) else -1
        return np.array(found, dtype=np.int64)


def _delimiter(text: str) -> str:
    head = text[:8192]
    return max((",", "\t", ";"), key=head.count)


def _read_fast(utf8: bytes, lines: _Lines, width: int, delimiter: str) -> tuple[GridColumn, ...] | None:
    """Columns of text without quotes or lone carriage returns; None when it has any, or a line wider than `width`."""
    if b'"' in utf8 or (b"\r" in utf8 and utf8.count(b"\r") != utf8.count(b"\r\n")):
        return None
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
    if frame.height != len(lines):
        return None
    return tuple(GridColumn(series.fill_null("")) for series in frame.get_columns())


def _read_records(text: str, delimiter: str) -> tuple[GridColumn, ...]:
    csv.field_size_limit(_CELL_LIMIT)
    try:
        return text_columns(list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)))
    except csv.Error as error:
        raise RefusedError(
            "unreadable", "文件中有未配对的双引号，无法分清各列。请用 Excel 或 WPS 打开核对后，另存为 .xlsx 重报。"
        ) from error


def _one_line_a_record(utf8: bytes, delimiter: str) -> bytes:
    """The text with every record on one line: what stands in quotes loses its breaks and delimiters."""
    text = utf8.decode()
    if '"' in text:
        text = _QUOTED.sub(lambda quoted: _BREAKS.sub("", quoted[0].replace(delimiter, "")), text)
    return text.replace("\r\n", "\n").replace("\r", "\n").encode()


def _count_rows(utf8: bytes, delimiter: str, known: _Lines | None, below: int) -> int:
    """Records after index `below` that are neither blank nor hold a total's word, counted without a CSV parser.

    `known` are the text's lines when every line is a record.
    """
    lines = known or _Lines(_one_line_a_record(utf8, delimiter), delimiter)
    return len(lines) - below - 1 - sum(_says_nothing(lines[at], delimiter) for at in lines.suspects if at > below)


def _says_nothing(line: bytes, delimiter: str) -> bool:
    """Whether a line is blank or has a total's word in a cell."""
    text = line.decode()
    return not text.strip(_NOTHING + delimiter) or any(_TOTAL_WORD.fullmatch(cell) for cell in text.split(delimiter))


def read_text_file(content: bytes) -> Workbook:
    """One grid from the bytes of a text file; raises RefusedError when it is not text or holds nothing."""
    utf8, encoding = _as_utf8(content)
    head = utf8[: 1 << 20].decode(errors="ignore")
    if not head.strip() and not utf8.decode().strip():
        raise RefusedError("empty", "文件是空的，没有任何内容。请核对后重报。")
    delimiter = _delimiter(head)
    width = max(line.count(delimiter) for line in head.split("\n")) + 1
    if width > _WIDTH_LIMIT:
        raise RefusedError(
            "too_large", f"文件有 {width} 列，不像是报表。请用 Excel 或 WPS 打开核对，另存为 .xlsx 后重报。"
        )
    if len(utf8) >= _FAST_FROM:
        lines = _Lines(utf8, delimiter)
        columns = _read_fast(utf8, lines, width, delimiter)
        if columns:
            recount = partial(_count_rows, utf8, delimiter, lines)
            grid = Grid(None, columns, len(lines), suspects=pl.Series(lines.suspects), recount=recount)
            return Workbook(encoding, (grid,))
    columns = _read_records(utf8.decode(), delimiter)
    recount = partial(_count_rows, utf8, delimiter, None)
    return Workbook(encoding, (Grid(None, columns, len(columns[0].text) if columns else 0, recount=recount),))
