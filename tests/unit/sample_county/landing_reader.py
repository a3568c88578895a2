"""A plain reader of landing files, independent of the product's intake: lines under the header, as texts."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from expectations.contract import FormContract


@dataclass(frozen=True)
class Landed:
    """Headers without blanks, their line, and (line, cells) of every row that is neither blank nor a total."""

    headers: list[str]
    header_line: int
    rows: list[tuple[int, list[object]]]


def squeeze(header: object) -> str:
    return "".join(str(header or "").split())


def known_headers(contract: FormContract) -> dict[str, str]:
    return {name: column.id for column in contract.columns for name in (column.header, *column.aliases)}


def grid_of(path: Path) -> list[list[object]]:
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return [list(line) for line in csv.reader(io.StringIO(content.decode(encoding)))]
        except UnicodeDecodeError:
            continue
    raise AssertionError(f"{path}: no encoding fits")


def read_landed(path: Path, contract: FormContract) -> Landed:
    grid, known = grid_of(path), known_headers(contract)
    required = {column.id for column in contract.required}
    for place, line in enumerate(grid):
        if required <= {known.get(squeeze(cell), "") for cell in line}:
            rows = [
                (number, cells)
                for number, cells in enumerate(grid[place + 1 :], start=place + 2)
                if any(cell not in (None, "") for cell in cells) and cells[0] != "合计"
            ]
            return Landed([squeeze(cell) for cell in line], place + 1, rows)
    raise AssertionError(f"{path}: no header line")
