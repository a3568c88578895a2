"""One received file, from its bytes and its name to the typed rows of its form. Touches no disk and no clock."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from expectations.contract import FormContract, all_contracts
from pipelines.deliver.feedback import check_returned, signing_key
from pipelines.deliver.signature import META_SHEET
from pipelines.intake.cell import NUMBER, compact
from pipelines.intake.form_rows import FormRows, joined_rows, read_rows
from pipelines.intake.grid import Grid, Workbook
from pipelines.intake.header import FoundHeader, SheetHead
from pipelines.intake.html_table import looks_like_html, read_html
from pipelines.intake.period import Period, as_sent, period_at_start, period_inside
from pipelines.intake.refusal import RefusedError
from pipelines.intake.spreadsheet import is_spreadsheet, read_spreadsheet
from pipelines.intake.text_file import read_text_file

READER_VERSION = 2  # raise it when a file refused before may now be read: refused files are then tried again
CONFIRMED = "确认"  # in a file's name: its sender stands by what looked wrong
SUFFIXES = (".xlsx", ".xls", ".csv")
_TEN_THOUSANDS = re.compile(r"单位:?万元")
_OTHER_KINDS = {
    b"%PDF": "PDF 文件",
    b"\x89PNG": "图片",
    b"\xff\xd8\xff": "图片",
    b"Rar!": "压缩包",
    b"7z\xbc\xaf": "压缩包",
    b"{\\rtf": "文字文档",
}


@dataclass(frozen=True)
class FileReading:
    """What one file says.

    Attributes:
        contract, period: of which form and for which period it is.
        content: name of its Parquet files: first 32 hex digits of SHA-256 over form id and bytes.
        rows: typed rows and rejections.
        sheet: names of the sheets read, joined by 、; None for text files.
        encoding: see `Receipt`.
        remarks: Chinese sentences about what was seen and not read, or looks odd.
    """

    contract: FormContract
    period: Period
    content: str
    rows: FormRows
    sheet: str | None
    encoding: str
    remarks: tuple[str, ...]


def folder_form(file: str) -> FormContract | None:
    """The form in whose folder a file (path relative to `landing/`) lies, by form id or Chinese name."""
    folders = file.split("/")[:-1]
    by_label = {contract.label: contract for contract in all_contracts().values()}
    for folder in reversed(folders):
        contract = all_contracts().get(folder) or by_label.get(folder)
        if contract:
            return contract
    return None


def _open(content: bytes, file: str, password: str) -> Workbook:
    """Every sheet of a file, by what its bytes are."""
    if not content:
        raise RefusedError("empty", "文件是空的（0 字节），可能没有复制完整。请重新复制后再报。")
    if not file.lower().endswith(SUFFIXES):
        raise RefusedError("bad_format", "文件不是表格。只接收 .xlsx、.xls 和 .csv，请另存为其中一种后重报。")
    for magic, kind in _OTHER_KINDS.items():
        if content.startswith(magic):
            raise RefusedError("bad_format", f"文件其实是{kind}，不是表格。请把数据另存为 .xlsx、.xls 或 .csv 后重报。")
    if is_spreadsheet(content):
        return read_spreadsheet(content, password)
    if looks_like_html(content):
        return read_html(content)
    if content[:200].lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<?xml"):
        raise RefusedError("bad_format", "文件是 XML 格式的表格。请用 Excel 或 WPS 打开后另存为 .xlsx 重报。")
    return read_text_file(content)


def _missing_text(found: FoundHeader) -> str:
    names = "、".join(f"“{column.header}”" for column in found.missing)
    others = "；".join(
        f"“{column.header}”也可写作{'、'.join(column.aliases)}" for column in found.missing if column.aliases
    )
    return (
        f"表头（第 {found.line + 1} 行）缺少必填列{names}，整份文件未接收。"
        f"请按《{found.contract.label}》补上该列后重报{f'（{others}）' if others else ''}。"
    )


def _refuse_form(contract: FormContract, found: FoundHeader | None, rival: FoundHeader | None) -> RefusedError:
    """Why no sheet is a good one of the form: another form's, some column missing, or no known form's at all."""
    if rival:
        return RefusedError(
            "wrong_form",
            f"文件放在《{contract.label}》的文件夹中，但表头是《{rival.contract.label}》的。"
            f"请移到 {rival.contract.form} 文件夹，或换成正确的文件后重报。",
        )
    if found and 2 * len(found.missing) <= len(contract.required):
        return RefusedError("missing_column", _missing_text(found))
    names = "、".join(column.header for column in contract.required)
    return RefusedError(
        "wrong_form",
        f"没有找到《{contract.label}》的表头（应有：{names}），可能放错了文件夹或报错了表。请核对后重报。",
    )


def _sheets_of(contract: FormContract, book: Workbook) -> list[tuple[Grid, FoundHeader]]:
    """The visible sheets that carry the form's header; raises RefusedError when there is none."""
    fitting, refusals = [], []
    for grid in book.grids:
        if grid.hidden or not grid.columns:
            continue
        head = SheetHead(grid)
        found = head.find(contract)
        rival = head.rival(found, contract)
        if found and not found.missing and not rival:
            fitting.append((grid, found))
        elif any(column.text.str.strip_chars().str.len_bytes().sum() for column in grid.columns):
            refusals.append((len(found.columns) if found else 0, _refuse_form(contract, found, rival)))
    if fitting:
        return fitting
    if not refusals:
        hidden = (
            "只有隐藏的工作表中有内容。请取消隐藏后重报。" if any(g.hidden and g.height for g in book.grids) else ""
        )
        raise RefusedError("empty", hidden or "文件中没有任何内容。请核对后重报。")
    raise max(refusals, key=lambda entry: entry[0])[1]


def _form_of(file: str, book: Workbook) -> FormContract:
    contract = folder_form(file)
    if contract:
        return contract
    for grid in book.grids:
        found = SheetHead(grid).recognised() if grid.columns and not grid.hidden else None
        if found:
            return found.contract
    raise RefusedError("unknown_form", "认不出这是哪一张表。请放入对应表的文件夹（如 landing/employment/）后重报。")


def _period_of(file: str, contract: FormContract, headers: list[FoundHeader]) -> Period:
    """The period that name and titles agree on; raises RefusedError when there is none or they contradict."""
    named = period_at_start(file.rsplit("/", 1)[-1].strip())
    titled = next((p for found in headers for title in found.titles if (p := period_inside(title))), None)
    if named and titled and not named.overlaps(titled):
        raise RefusedError(
            "wrong_period",
            f"文件名写的是 {named.text}，表内标题写的是 {titled.text}，两者不一致。请核对是哪一期的数据，改正后重报。",
        )
    period = named or titled
    sent = as_sent(period, contract) if period else None
    if sent is None:
        example = {"quarterly": "2024-Q1", "event": "2024-03-15"}.get(contract.cadence, "2024-03")
        raise RefusedError(
            "no_period", f"文件名看不出是哪一期的数据。请把文件名改成以所属期开头，如 {example}.xlsx，后重报。"
        )
    return sent


def _remarks(book: Workbook, sheets: list[tuple[Grid, FoundHeader]]) -> tuple[str, ...]:
    read = {id(grid) for grid, _ in sheets}
    remarks = list(book.remarks)
    for grid in book.grids:
        if id(grid) not in read and grid.height and grid.name != META_SHEET:
            kind = "隐藏的工作表" if grid.hidden else "工作表"
            remarks.append(f"{kind}“{grid.name}”没有读取。")
        if id(grid) in read and grid.hidden_rows:
            remarks.append(f"工作表“{grid.name}”中有 {grid.hidden_rows} 行是隐藏的，已一并读取。")
    if len(sheets) > 1:
        remarks.append(f"读取了 {len(sheets)} 个工作表：{'、'.join(str(grid.name) for grid, _ in sheets)}。")
    return tuple(remarks)


def _check_unit(found: FoundHeader) -> None:
    """Raise RefusedError when a note above the header says 万元 and the form's money is in 元."""
    in_yuan = [entry.column for entry in found.columns if entry.column.type == "money" and entry.column.unit == "元"]
    if in_yuan and any(_TEN_THOUSANDS.search(compact(title)) for title in found.titles):
        raise RefusedError(
            "wrong_unit",
            f"表头上方注明“单位：万元”，而《{found.contract.label}》的金额应以元填报，差一万倍。"
            "请改成以元为单位（或更正该说明）后重报。",
        )


def _check_days(grid: Grid, found: FoundHeader) -> None:
    """Raise RefusedError when days stand as bare numbers in a workbook that counts them from another day than most."""
    for entry in found.columns:
        kinds = grid.columns[entry.index].kinds
        if grid.counts_from_1904 and entry.column.type in ("date", "month", "datetime") and kinds is not None:
            numbers = grid.columns[entry.index].text.filter(kinds == NUMBER)
            if numbers.str.contains(r"^[0-9]{5}(\.|$)").any():
                raise RefusedError(
                    "wrong_days",
                    f"工作簿采用 1904 日期系统，“{entry.header}”列有没设日期格式的数字，会差四年。"
                    "请把该列设为日期格式或改成 2024-03-01 这样的文字后重报。",
                )


def _check_count(grid: Grid, found: FoundHeader, rows: int) -> None:
    """Raise RefusedError when a second, simpler reader does not find as many rows."""
    recounted = grid.recount(found.line) if grid.recount else rows
    if recounted != rows:
        raise RefusedError(
            "count_differs",
            f"用两种方法清点的行数不一致（{rows} 行与 {recounted} 行），为免漏数暂不接收。"
            "请把数据复制到新工作簿，另存为 .xlsx 后重报。",
        )


def _month_remarks(contract: FormContract, period: Period, rows: FormRows) -> list[str]:
    """A remark when most rows say another month (quarter, term) than the file's name does."""
    told = [column for column in contract.columns if column.id in contract.key and column.type in ("month", "quarter")]
    if not told or not rows.accepted.height:
        return []
    days = rows.accepted[told[0].id]
    outside = int(((days < period.start.replace(day=1)) | (days > period.end)).sum())
    if 2 * outside <= rows.accepted.height:
        return []
    return [
        f"{rows.accepted.height} 行中有 {outside} 行的“{told[0].header}”不在文件名所写的 {period.text} 内，"
        "已按行内所写接收。如文件名写错，请改名后重报。"
    ]


def content_name(form: str, content: bytes) -> str:
    """The name of a file's Parquet files in the lake."""
    return hashlib.sha256(form.encode() + content).hexdigest()[:32]


def read_file(
    file: str, content: bytes, key: bytes, earlier: Sequence[bytes] = (), *, password: str = ""
) -> FileReading:
    """Read the bytes of one landing file.

    `file` is its path relative to `landing/`, `key` the county's key; lists signed under an `earlier` one count too.
    `password` is what the county's own lists open with.
    Raises RefusedError, with a code and a Chinese reason, when the file cannot be taken at all.
    """
    book = _open(content, file, password)
    contract = _form_of(file, book)
    sheets = _sheets_of(contract, book)
    is_signed = any(grid.name == META_SHEET for grid in book.grids)  # its titles tell of the day it was handed out
    period = _period_of(file, contract, [] if is_signed else [found for _, found in sheets])
    name = content_name(contract.form, content)
    parts = []
    for grid, found in sheets:
        _check_unit(found)
        _check_days(grid, found)
        parts.append(read_rows(grid, found, name, key))
        _check_count(grid, found, parts[-1].rows)
    rows = joined_rows(parts)
    told: tuple[str, ...] = ()
    if contract.form == "township_feedback":
        rows, told = check_returned(rows, sheets, book, signing_key(book, (key, *earlier)))
    if not rows.rows and CONFIRMED not in file:
        raise RefusedError(
            "no_rows",
            "表头下没有任何数据行。请核对是否漏填或存错；如本期确无数据，请在文件名末尾加“确认”二字后重报。",
        )
    sheet = "、".join(grid.name for grid, _ in sheets if grid.name is not None)
    remarks = (*told, *_remarks(book, sheets), *_month_remarks(contract, period, rows))
    return FileReading(contract, period, name, rows, sheet or None, book.encoding, remarks)
