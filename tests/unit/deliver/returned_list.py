"""A township's list as it is handed out, and the ways in which a township gives it back."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl

from pipelines.deliver.options import PaperOptions
from pipelines.deliver.signature import list_key
from pipelines.deliver.source import Source
from pipelines.deliver.verification_list import list_workbook
from pipelines.intake.read_file import read_file

KEY = bytes(range(32))
AS_OF = date(2020, 11, 25)
FILLED = {"核实日期": "2020-11-30", "核实结果": "不属实", "不符合原因": "收入漏报", "核实人": "李核实"}


def listed(count: int = 3, township: str = "海口镇") -> pl.DataFrame:
    """`printed_rows` of one township."""
    return pl.DataFrame({
        "township_code": ["350181101"] * count,
        "township": [township] * count,
        "kind": ["warning"] * count,
        "is_within": [True] * count,
        "overdue_days": pl.Series([None] * count, dtype=pl.Int64),
        "place": [str(number + 1) for number in range(count)],
        "warning_no": [f"YJ35018100{number:02d}-20201126" for number in range(count)],
        "head_name": [f"王{chr(0x4E00 + number)}" for number in range(count)],
        "head_id": [None] * count,
        "village": ["前洋村"] * count,
        "phone": [f"1380000{number:04d}" for number in range(count)],
        "helper": ["陈帮扶"] * count,
        "reason_text": ["大额医疗支出：近12个月医疗个人负担 23,400.00 元"] * count,
        "visit_focus": ["核实病情"] * count,
        "due_on": ["2020年\n12月3日"] * count,
    })  # fmt: skip


def source() -> Source:
    """The night of the list, without a build behind it."""
    return Source(None, "run", AS_OF, AS_OF, "某县", "350181", (), Path())


def handed_out(rows: pl.DataFrame | None = None, key: bytes = KEY) -> bytes:
    """The workbook as it leaves."""
    return list_workbook(
        source(), list_key(key), listed() if rows is None else rows, PaperOptions(unit="某县乡村振兴局")
    )


class Township:
    """Whoever has the workbook open."""

    def __init__(self, content: bytes) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(content))
        self.sheet = self.book.worksheets[0]
        self.head = next(row[0].row for row in self.sheet.iter_rows() if any(c.value == "预警编号" for c in row))
        self.column = {cell.value: cell.column for cell in self.sheet[self.head]}

    def write(self, row: int, **cells: object) -> None:
        """Fill cells of the row-th warning (from 0) by header."""
        for header, value in cells.items():
            self.sheet.cell(self.head + 1 + row, self.column[header]).value = value

    def fill(self, *rows: int) -> None:
        """Fill rows in as one should."""
        for row in rows:
            self.write(row, **FILLED)

    def bytes(self) -> bytes:
        """The file as it comes back."""
        stream = io.BytesIO()
        self.book.save(stream)
        return stream.getvalue()


def come_back(content: bytes, key: bytes = KEY, file: str = "township_feedback/2020-12-01.xlsx"):
    """What the intake reads of it."""
    return read_file(file, content, key)
