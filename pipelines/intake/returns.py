"""退回清单: what was rejected, given back to each department in a workbook that it can correct and send again."""

from __future__ import annotations

import datetime
import io
import shutil
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import xlsxwriter

from expectations.contract import FormContract, load_contract
from pipelines.county import County
from pipelines.intake.form_rows import RETURN_NUMBER
from pipelines.intake.lake import read_returned, rejected_file
from pipelines.intake.ledger import read_receipts
from pipelines.intake.receipt import Receipt
from pipelines.vault.key_ring import KeyRing

_REASON, _FILE, _ROW = "退回原因", "原文件", "原行号"
_PREFIX = 12  # characters of the content's name in a return number
_STRINGS_STAY_STRINGS = {
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "in_memory": True,
}


@dataclass(frozen=True)
class ReturnedRows:
    """The rejected rows of one received file that no later file has corrected.

    `rows`: number, bad, _return_number, _sheet, _row, _reason, and the raw text of every column of the contract.
    """

    receipt: Receipt
    rows: pl.DataFrame


def return_number(content: str, number: int) -> str:
    """The number by which a corrected row is matched to the rejected one: its content's name and place in it."""
    return f"{content[:_PREFIX]}-{number}"


def open_returns(county: County, known_on: datetime.date | None = None) -> list[ReturnedRows]:
    """Rejected rows that are not corrected yet, file by file, as known on a day."""
    receipts = [receipt for receipt in read_receipts(county, known_on) if receipt.refused is None]
    answered = {answer for receipt in receipts for answer in receipt.answers}
    latest = {receipt.content: receipt for receipt in receipts if receipt.rejected}
    found, keys = [], KeyRing.of(county)
    for receipt in latest.values():
        rows = _rows_of(county, keys, receipt).filter(~pl.col("_return_number").is_in(answered))
        if rows.height:
            found.append(ReturnedRows(receipt, rows))
    return found


def _rows_of(county: County, keys: KeyRing, receipt: Receipt) -> pl.DataFrame:
    cells = read_returned(county, keys, receipt.form, receipt.content)
    told = pl.read_parquet(
        rejected_file(county, receipt.form, receipt.content), columns=["sheet", "row", "reason"]
    ).select(pl.all().name.prefix("_"))
    numbers = [return_number(receipt.content, number) for number in cells["number"]]
    return pl.concat([cells, told], how="horizontal").with_columns(
        pl.Series("_return_number", numbers, dtype=pl.String)
    )


def write_returns(county: County, known_on: datetime.date | None = None) -> list[Path]:
    """Write one workbook per department, form and period into the county's `returned/`; returns their paths.

    What lay there is removed: a row corrected since is on no list any more. Each workbook has the form's own columns,
    the bad cells marked, the reason beside them. Corrected and put into the form's landing folder as it is (its name
    begins with the period), its rows are taken and their rejections closed.
    """
    shutil.rmtree(county.returned, ignore_errors=True)
    grouped: dict[tuple[str, str], list[ReturnedRows]] = {}
    for returned in open_returns(county, known_on):
        grouped.setdefault((returned.receipt.form, returned.receipt.period), []).append(returned)
    files = []
    for (form, period), parts in sorted(grouped.items()):
        contract = load_contract(form)
        file = county.returned / contract.department / form / f"{period}-退回更正-{contract.label}.xlsx"
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_bytes(_workbook(contract, parts))
        file.chmod(0o400)  # read-only: corrections made in place would be gone tomorrow
        files.append(file)
    return files


def _workbook(contract: FormContract, parts: list[ReturnedRows]) -> bytes:
    stream = io.BytesIO()
    headers = [column.header for column in contract.columns]
    with xlsxwriter.Workbook(stream, _STRINGS_STAY_STRINGS) as book:
        plain = book.add_format({"num_format": "@", "font_name": "宋体"})
        bad = book.add_format({"num_format": "@", "font_name": "宋体", "bg_color": "#F8CBAD", "font_color": "#9C0006"})
        told = book.add_format({"num_format": "@", "font_name": "宋体", "text_wrap": True, "font_color": "#9C0006"})
        head = book.add_format(
            {"bold": True, "bg_color": "#DDEBF7", "border": 1, "font_name": "宋体", "text_wrap": True}
        )
        page = book.add_worksheet(contract.label[:31])
        page.freeze_panes(1, 0)
        page.set_column(0, len(headers) - 1, 16, plain)
        page.set_column(len(headers), len(headers), 60, told)
        page.set_column(len(headers) + 1, len(headers) + 3, 20, plain)
        for place, header in enumerate([*headers, _REASON, RETURN_NUMBER, _FILE, _ROW]):
            page.write_string(0, place, header, head)
        line = 0
        for part in parts:
            for row in part.rows.iter_rows(named=True):
                line += 1
                marked = set(row["bad"].split(","))
                for place, column in enumerate(contract.columns):
                    page.write_string(line, place, row[column.id] or "", bad if column.id in marked else plain)
                where = f"{row['_sheet']} 第 {row['_row']} 行" if row["_sheet"] else f"第 {row['_row']} 行"
                for place, text in enumerate((row["_reason"], row["_return_number"], part.receipt.file, where)):
                    page.write_string(line, len(headers) + place, text, plain if place else told)
    return stream.getvalue()
