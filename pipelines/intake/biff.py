"""Looking into an .xls file's own records (BIFF): which lines hold something, which cells an error, where days begin.

The parser of .xls gives an error cell as a blank one; here it is seen. Records are walked by their lengths only.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

import olefile

from pipelines.intake.refusal import RefusedError

_STREAMS = ("Workbook", "Book")
_BEGIN, _END, _SHEET, _DATES, _ROW, _FORMULA, _VERDICT = 0x809, 0x0A, 0x85, 0x22, 0x208, (0x06, 0x206, 0x406), 0x205
_CELLS = {0x203, 0x204, _VERDICT, 0x27E, 0xBD, 0xFD, 0xD6, *_FORMULA}  # records of cells that hold something
_HIDDEN = 0x20
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


@dataclass
class XlsSheet:
    """One sheet: indexes of lines with a cell that holds something, error cells (line, column, error), hidden lines."""

    lines: set[int] = field(default_factory=set)
    broken: list[tuple[int, int, str]] = field(default_factory=list)
    hidden_rows: int = 0


@dataclass(frozen=True)
class XlsRecords:
    """What the records of a workbook say: its sheets of every type in order, and whether its days count from 1904."""

    sheets: tuple[XlsSheet, ...]
    counts_from_1904: bool


def xls_records(content: bytes) -> XlsRecords:
    """Walk the records of an .xls file; raises RefusedError when they cannot be walked."""
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as package:
            stream = package.openstream(next(name for name in _STREAMS if package.exists(name))).read()
        offsets, from_1904 = [], False
        for kind, body in _records(stream, 0):
            if kind == _SHEET:
                offsets.append(struct.unpack_from("<I", body)[0])
            elif kind == _DATES:
                from_1904 = bool(struct.unpack_from("<H", body)[0])
        return XlsRecords(tuple(_sheet(stream, offset) for offset in offsets), from_1904)
    except (OSError, StopIteration, struct.error, IndexError) as error:
        raise RefusedError(
            "unreadable", "工作簿已损坏，打不开。请在 Excel 或 WPS 中打开确认，另存为 .xlsx 后重报。"
        ) from error


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Kind and body of each record of one part of the stream, parts within it (charts) left out."""
    depth = 0
    while True:
        kind, length = struct.unpack_from("<HH", stream, at)
        depth += (kind == _BEGIN) - (kind == _END)
        if depth == 0:
            return
        if depth == 1:
            yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _sheet(stream: bytes, offset: int) -> XlsSheet:
    sheet = XlsSheet()
    for kind, body in _records(stream, offset):
        if kind == _ROW:
            sheet.hidden_rows += bool(struct.unpack_from("<H", body, 12)[0] & _HIDDEN)
        elif kind in _CELLS:
            line, column = struct.unpack_from("<HH", body)
            sheet.lines.add(line)
            error = _error(kind, body)
            if error is not None:
                sheet.broken.append((line, column, _ERRORS.get(error, "#ERROR")))
    return sheet


def _error(kind: int, body: bytes) -> int | None:
    """The error code that a cell holds, as itself or as its formula's result; None for none."""
    if kind == _VERDICT and body[7]:
        return body[6]
    if kind in _FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2:
        return body[8]
    return None
