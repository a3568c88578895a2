"""Files as they land: titles, headers, encodings, totals; one file for each batch, and what was planted in it."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path

import numpy as np
import polars as pl
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from expectations.contract import Column, FormContract
from pipelines.sample_county.habits import RUINED, Clerk, Typed, spoil, type_column
from pipelines.sample_county.mistakes import BROKEN, MISSING_COLUMN, RESENT, Fault, plan_faults, plan_repeats
from pipelines.sample_county.scene import Batch
from pipelines.sample_county.streams import Generator, Ints, stream

_LARGEST_WORKBOOK = 400
_NUMBER = re.compile(r"-?\d+(\.\d+)?$")
_EXTRAS = ("序号", "备注", "审核状态", "填报单位")


@dataclass(frozen=True)
class Planted:
    """What is in one landing file, for the account of intake.

    Attributes:
        file: path relative to landing/.
        form, period, received: as the batch.
        rows: lines under the header, totals and blanks not counted.
        rejected: rows with a cell that can't be taken.
        repeats: exact repeats (in the file, or of a file sent before).
        refused: why the whole file can't be taken, or nothing.
        faults: (line in the file, column header, column id, kind) of each spoiled cell.
    """

    file: str
    form: str
    period: str
    received: date
    rows: int
    rejected: int
    repeats: int
    refused: str
    faults: tuple[tuple[int, str, str, str], ...]


@dataclass(frozen=True)
class _Sheet:
    titles: list[list[str]]
    headers: list[str]
    columns: list[Typed]
    total: list[str | None] | None


@dataclass(frozen=True)
class Office:
    """Where files are written: the county's name, its landing folder, and the seed of everybody's habits."""

    county: str
    landing: Path
    seed: int


def _header(column: Column, workbook: bool, draws: Generator) -> str:
    names = (column.header, *column.aliases)
    name = names[int(draws.integers(0, len(names)))] if draws.random() < 0.5 else column.header
    style = draws.random()
    if style < 0.03:
        return f"{name} "
    if style < 0.04:
        return f"{name[:2]}{chr(10) if workbook else ' '}{name[2:]}"
    return name


def _extra(name: str, count: int, department: str) -> pl.Series:
    if name == "序号":
        return pl.Series(np.arange(1, count + 1)).cast(pl.String)
    text = {"备注": None, "审核状态": "已审", "填报单位": department}[name]
    return pl.Series([text], dtype=pl.String).new_from_index(0, count)


def _titles(batch: Batch, contract: FormContract, county: str, draws: Generator) -> list[list[str]]:
    every = [
        [f"{county}{batch.period}{contract.label}"],
        [f"填报单位：{contract.department}", "单位：元"],
        ["说明：本表为虚构样例，不涉及任何真实个人"],
    ]
    return every[: int(draws.choice(4, p=[0.4, 0.3, 0.2, 0.1]))]


def _kept(batch: Batch, contract: FormContract, seed: int) -> list[Column]:
    """The columns a period's file has: now and then an optional one is left out, the same in every file of the period."""
    columns = [column for column in contract.columns if column.id in batch.frame.columns]
    habit = stream(seed, "left out", batch.form, batch.period)
    optional = [column for column in columns if column.sensitive == "vault" and not column.required]
    if optional and habit.random() < 0.15:
        columns.remove(optional[int(habit.integers(0, len(optional)))])
    return columns


def _typed(frame: pl.DataFrame, faults: dict[int, Fault], clerks: list[Clerk]) -> dict[str, Typed]:
    typed = {clerk.column.id: type_column(frame[clerk.column.id], clerk) for clerk in clerks}
    for clerk in clerks:
        column = clerk.column
        rows = [row for row, fault in faults.items() if fault.column == column.id]
        if rows:
            right: list[str | None] = (
                frame[column.id].gather(rows).to_list() if column.type == "id18" else [None] * len(rows)
            )
            wrong = [spoil(faults[row].kind, column, text, clerk.draws) for row, text in zip(rows, right, strict=True)]
            texts = typed[column.id].texts.clone().scatter(rows, pl.Series(wrong, dtype=pl.String))
            ruined = any(text is not None and text.startswith(RUINED) for text in wrong)
            typed[column.id] = Typed(texts, typed[column.id].cell, ruined)
    return typed


def _total(batch: Batch, order: list[str], columns: list[Column]) -> list[str | None] | None:
    """The 合计 line, its amounts in the file's units."""
    units = {column.id: 1_000_000 if column.unit == "万元" else 100 for column in columns if column.type == "money"}
    if not units or not len(batch.frame):
        return None
    sums = {name: f"{(batch.frame[name].sum() or 0) / units[name]:.2f}" for name in units}
    return ["合计", *(sums.get(name) for name in order[1:])]


def _sheet(batch: Batch, contract: FormContract, typed: dict[str, Typed], workbook: bool, office: Office) -> _Sheet:
    draws = stream(office.seed, "sheet", batch.form, batch.period, batch.tag)
    columns = [contract.column(name) for name in typed]
    names = {column.id: _header(column, workbook, draws) for column in columns}
    length = len(next(iter(typed.values())).texts)
    cells = dict(typed)
    for name in _EXTRAS:
        if draws.random() < 0.18:
            names[name] = name
            cells[name] = Typed(_extra(name, length, contract.department), "number" if name == "序号" else "")
    order = list(names)
    if draws.random() < 0.5:
        draws.shuffle(order)
    total = _total(batch, order, columns) if draws.random() < 0.25 else None
    titles = _titles(batch, contract, office.county, draws)
    return _Sheet(titles, [names[name] for name in order], [cells[name] for name in order], total)


def _csv_bytes(sheet: _Sheet, draws: Generator) -> bytes:
    ending = "\r\n" if draws.random() < 0.3 else "\n"
    top = io.StringIO()
    writer = csv.writer(top, lineterminator=ending)
    width = len(sheet.headers)
    writer.writerows([*title, *[""] * (width - len(title))] for title in sheet.titles)
    writer.writerow(sheet.headers)
    frame = pl.DataFrame(
        {
            f"c{k}": _scientific(column.texts) if column.ruined else column.texts
            for k, column in enumerate(sheet.columns)
        }
    )
    body = frame.write_csv(include_header=False, line_terminator=ending)
    tail = io.StringIO()
    if sheet.total:
        writer = csv.writer(tail, lineterminator=ending)
        if draws.random() < 0.3:
            writer.writerow([""] * width)
        writer.writerow([cell or "" for cell in sheet.total])
    text = top.getvalue() + body + tail.getvalue()
    encoding = ("utf-8-sig", "utf-8", "gb18030")[int(draws.choice(3, p=[0.4, 0.3, 0.3]))]
    return text.encode(encoding)


def _scientific(texts: pl.Series) -> pl.Series:
    """Ruined ids as a csv shows them: 3.59921E+17."""
    rows = texts.str.starts_with(RUINED).fill_null(value=False).arg_true()
    shown = [f"{int(text.removeprefix(RUINED)):.5E}" for text in texts.gather(rows)]
    return texts.clone().scatter(rows, pl.Series(shown))


def _workbook_bytes(sheet: _Sheet, received: date, draws: Generator) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_numbers": False})
    book.set_properties({"created": datetime.combine(received, time(9))})
    page = book.add_worksheet(("数据", "Sheet1")[int(draws.integers(0, 2))])
    shown = book.add_format({"num_format": "yyyy/m/d"})
    line = 0
    merged = draws.random() < 0.5
    for title in sheet.titles:
        if merged and len(title) == 1 and len(sheet.headers) > 1:
            page.merge_range(line, 0, line, len(sheet.headers) - 1, title[0])
        else:
            for place, text in enumerate(title):
                page.write_string(line, place, text)
        line += 1
    for place, name in enumerate(sheet.headers):
        page.write_string(line, place, name)
        for row, text in enumerate(sheet.columns[place].texts, start=line + 1):
            _write_cell(page, (row, place), text, sheet.columns[place].cell, shown)
    if sheet.total:
        line += 1 + len(sheet.columns[0].texts)
        for place, figure in enumerate(sheet.total):
            _write_cell(page, (line, place), figure, "number")
    book.close()
    return target.getvalue()


def _write_cell(page: Worksheet, at: tuple[int, int], text: str | None, cell: str, shown: object = None) -> None:
    if text is None:
        return
    if text.startswith(RUINED):
        page.write_number(*at, float(text.removeprefix(RUINED)))
    elif cell == "date" and text.isdigit():
        page.write_number(*at, float(text), shown)
    elif cell and _NUMBER.match(text):
        page.write_number(*at, float(text))
    else:
        page.write_string(*at, text)


def _plan(batch: Batch, columns: list[Column], contract: FormContract, office: Office) -> tuple[Ints, dict[int, Fault]]:
    """The order of the batch's rows in its file, repeats included, and the faults by place in it."""
    kept = {column.id for column in columns}
    faults = [fault for fault in plan_faults(batch, contract, office.seed) if fault.column in kept]
    order = np.concatenate([np.arange(len(batch.frame)), plan_repeats(batch, faults, office.seed)])
    draws = stream(office.seed, "order", batch.form, batch.period, batch.tag)
    if draws.random() < 0.8:
        draws.shuffle(order)
    place_of = {int(row): place for place, row in enumerate(order)}
    return order, {place_of[fault.row]: fault for fault in faults}


def write_batch(batch: Batch, contract: FormContract, office: Office, rejected_before: int = 0) -> Planted:
    """Write one batch as a landing file.

    `rejected_before`: for a file sent a second time, how many rows of the first were rejected (those are no repeats).
    """
    draws = stream(office.seed, "file", batch.form, batch.period, batch.tag)
    if batch.tag == BROKEN:
        batch = replace(batch, frame=batch.frame.head(50))
    columns = _kept(batch, contract, office.seed)
    order, faults = _plan(batch, columns, contract, office)
    if batch.tag == MISSING_COLUMN:
        columns = [column for column in columns if column is not contract.required[-1]]
    workbook = batch.tag == BROKEN or (len(order) <= _LARGEST_WORKBOOK and draws.random() < 0.15)
    clerks = [Clerk(batch.form, column, office.seed, draws) for column in columns]
    sheet = _sheet(batch, contract, _typed(batch.frame[order], faults, clerks), workbook, office)
    content = _workbook_bytes(sheet, batch.received, draws) if workbook else _csv_bytes(sheet, draws)
    if batch.tag == BROKEN:
        content = draws.bytes(64) + content[64 : len(content) // 2]
    suffix = f"-{batch.tag}" if batch.tag else ("-报送" if draws.random() < 0.2 else "")
    name = f"{batch.form}/{batch.period}{suffix}.{'xlsx' if workbook else 'csv'}"
    (office.landing / batch.form).mkdir(exist_ok=True)
    (office.landing / name).write_bytes(content)
    first_line = len(sheet.titles) + 2
    spoiled = (
        (first_line + place, contract.column(f.column).header, f.column, f.kind) for place, f in sorted(faults.items())
    )
    return Planted(
        file=name, form=batch.form, period=batch.period, received=batch.received, rows=len(order), rejected=len(faults),
        repeats=len(order) - (rejected_before if batch.tag == RESENT else len(batch.frame)),
        refused={BROKEN: "unreadable", MISSING_COLUMN: "missing_column"}.get(batch.tag, ""), faults=tuple(spoiled),
    )  # fmt: skip
