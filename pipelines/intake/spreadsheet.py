"""Reading .xlsx and .xls workbooks cell by cell, whatever their file name claims they are."""

from __future__ import annotations

import io

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from pipelines.intake.grid import Grid, Workbook, spreadsheet_columns
from pipelines.intake.refusal import RefusedError

ZIP_MAGIC = b"PK"
OLE_MAGIC = bytes.fromhex("D0CF11E0A1B11AE1")


def is_spreadsheet(content: bytes) -> bool:
    """Whether bytes begin like a workbook (a zip or an OLE compound file)."""
    return content.startswith((ZIP_MAGIC, OLE_MAGIC))


def read_spreadsheet(content: bytes) -> Workbook:
    """Every worksheet of a workbook; raises RefusedError when it cannot be opened or holds no sheet."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        grids = []
        for meta in book.sheets_metadata:
            if meta.typ != SheetTypeEnum.WorkSheet:
                continue
            rows = book.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)
            grids.append(
                Grid(meta.name, spreadsheet_columns(rows), len(rows), hidden=meta.visible != SheetVisibleEnum.Visible)
            )
    except (CalamineError, OSError, ValueError) as error:
        raise RefusedError(
            "unreadable", "工作簿已损坏，打不开。请在 Excel 或 WPS 中打开确认，另存为 .xlsx 后重报。"
        ) from error
    if not grids:
        raise RefusedError("unreadable", "工作簿中没有任何工作表。请在 Excel 或 WPS 中打开确认，另存为 .xlsx 后重报。")
    return Workbook("xlsx" if content.startswith(ZIP_MAGIC) else "xls", tuple(grids))
