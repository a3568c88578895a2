"""Reading .xlsx and .xls workbooks cell by cell, whatever their file name claims they are."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import partial

import msoffcrypto
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from pipelines.intake.biff import xls_records
from pipelines.intake.grid import Grid, GridColumn, Workbook, holds_data, spreadsheet_columns, with_broken_cells
from pipelines.intake.package import Package
from pipelines.intake.refusal import RefusedError

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = bytes.fromhex("D0CF11E0A1B11AE1")
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_UNREADABLE = (DecryptionError, FileFormatError, OSError, ValueError, KeyError, AttributeError)
_BROKEN_LOCK = "文件设有密码，加密部分已损坏或加密方式不能识别，打不开。请去掉密码后重报。"
_AGAIN = "请在 Excel 或 WPS 中打开确认，另存为 .xlsx 后重报。"


def is_spreadsheet(content: bytes) -> bool:
    """Whether bytes begin like a workbook (a zip or an OLE compound file)."""
    return content.startswith((b"PK", OLE_MAGIC))


def _grids(content: bytes) -> list[Grid]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        grids = []
        for place, meta in enumerate(book.sheets_metadata):
            if meta.typ != SheetTypeEnum.WorkSheet:
                continue
            rows = book.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)
            hidden = meta.visible != SheetVisibleEnum.Visible
            grids.append(Grid(meta.name, spreadsheet_columns(rows), len(rows), place=place, hidden=hidden))
    except (CalamineError, OSError, ValueError) as error:
        if "assword" in str(error):
            raise RefusedError("encrypted", "文件设有密码，无法读取。请去掉密码后重报。") from error
        raise RefusedError("unreadable", f"工作簿已损坏，打不开。{_AGAIN}") from error
    if not grids:
        raise RefusedError("unreadable", f"工作簿中没有任何工作表。{_AGAIN}")
    return grids


def _read_xlsx(content: bytes) -> Workbook:
    package = Package(content)
    parts = {sheet.name: sheet for sheet in package.sheets}
    grids = []
    for grid in _grids(content):
        sheet = parts.get(grid.name or "")
        if sheet is None:
            raise RefusedError("unreadable", f"工作表“{grid.name}”无法核对，工作簿可能已损坏。{_AGAIN}")
        broken = [(cell.line, cell.column, cell.shown) for cell in sheet.broken_cells()]
        grids.append(
            replace(
                grid,
                columns=with_broken_cells(grid.columns, broken),
                hidden_rows=sheet.hidden_rows(),
                counts_from_1904=package.counts_from_1904,
                recount=package.counter(sheet),
            )
        )
    return Workbook("xlsx", tuple(grids), tuple(package.remarks))


def _unlocked(content: bytes, password: str) -> bytes:
    """The workbook inside an encrypted one; raises RefusedError when the county's password does not open it."""
    if not password:
        raise RefusedError("encrypted", "文件设有密码，无法读取。请去掉密码后重报。")
    plain = io.BytesIO()
    try:
        locked = msoffcrypto.OfficeFile(io.BytesIO(content))
        locked.load_key(password=password, verify_password=True)
    except InvalidKeyError as error:
        raise RefusedError(
            "encrypted",
            "文件设有密码，但不是本县下发清单所用的密码，无法读取。请用下发时的密码重新保存，或去掉密码后重报。",
        ) from error
    except _UNREADABLE as error:
        raise RefusedError("unreadable", _BROKEN_LOCK) from error
    try:
        locked.decrypt(
            plain, verify_integrity=True
        )  # what was damaged in parts that nobody reads is damaged all the same
    except (InvalidKeyError, *_UNREADABLE) as error:
        raise RefusedError("unreadable", _BROKEN_LOCK) from error
    return plain.getvalue()


def _read_xls(content: bytes) -> Workbook:
    grids, records = _grids(content), xls_records(content)
    read = []
    for grid in grids:
        sheet = records.sheets[grid.place]
        columns = with_broken_cells(grid.columns, sheet.broken)
        read.append(
            replace(
                grid,
                columns=columns,
                hidden_rows=sheet.hidden_rows,
                counts_from_1904=records.counts_from_1904,
                recount=partial(_count_lines, columns, sheet.lines),
            )
        )
    return Workbook("xls", tuple(read))


def _count_lines(columns: tuple[GridColumn, ...], lines: set[int], below: int) -> int:
    """How many lines after index `below`, of those in which the file's own records have a cell, hold data."""
    height = len(columns[0].text) if columns else 0
    return sum(
        line >= height or holds_data(column.text[line] or "" for column in columns) for line in lines if line > below
    )


def read_spreadsheet(content: bytes, password: str = "") -> Workbook:
    """Every worksheet of a workbook; `password` is the county's, which its own lists are handed out with.

    Raises RefusedError when it cannot be opened safely or holds no sheet.
    """
    if not content.startswith(OLE_MAGIC):
        return _read_xlsx(content)
    if _ENCRYPTED_STREAM in content:
        return _read_xlsx(_unlocked(content, password))
    return _read_xls(content)
