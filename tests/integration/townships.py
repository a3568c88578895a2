"""Townships played by a script: what they write into the lists they get, well and badly, and what should become of it."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import msoffcrypto
import openpyxl
from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl.worksheet.worksheet import Worksheet

OPENS_WITH = "青禾2020"
VERDICTS = ("属实建议纳入",) * 7 + ("属实已有帮扶",) * 3 + ("属实暂不符合",) * 3 + ("不属实",) * 6 + ("查无此户",)


@dataclass
class Returned:
    """One file that a township sends back.

    Attributes:
        name: file name; content: its bytes; received: the day it comes.
        good: (warning number, day of the visit, verdict) of the rows that must count.
        bad: reason code of each row that must be refused, by warning number.
        refused: why the whole file must be refused, or nothing.
    """

    name: str
    content: bytes
    received: date
    good: list[tuple[str, date, str]] = field(default_factory=list)
    bad: dict[str, str] = field(default_factory=dict)
    refused: str = ""


class FilledList:
    """A township's workbook, open for filling in."""

    def __init__(self, content: bytes) -> None:
        if content.startswith(b"\xd0\xcf\x11\xe0"):
            locked, plain = msoffcrypto.OfficeFile(io.BytesIO(content)), io.BytesIO()
            locked.load_key(password=OPENS_WITH)
            locked.decrypt(plain)
            content = plain.getvalue()
        self.book = openpyxl.load_workbook(io.BytesIO(content))
        self.rows: dict[str, tuple[Worksheet, int]] = {}
        self._columns: dict[str, int] = {}
        for page in self.book.worksheets:
            head = next((r[0].row for r in page.iter_rows() if any(c.value == "预警编号" for c in r)), None)
            if head is None:
                continue
            self._columns = {str(cell.value): cell.column for cell in page[head]}
            for row in range(head + 1, page.max_row + 1):
                number = page.cell(row, self._columns["预警编号"]).value
                if number:
                    self.rows[str(number)] = (page, row)

    def write(self, number: str, **cells: object) -> None:
        """Fill cells of a warning's row by header."""
        page, row = self.rows[number]
        for header, value in cells.items():
            page.cell(row, self._columns[header]).value = value

    def cell(self, number: str, header: str) -> object:
        """What stands in a warning's row."""
        page, row = self.rows[number]
        return page.cell(row, self._columns[header]).value

    def bytes(self, *, locked: bool) -> bytes:
        """The file as it is saved, with the password it was opened with or without one."""
        plain = io.BytesIO()
        self.book.save(plain)
        if not locked:
            return plain.getvalue()
        sealed = io.BytesIO()
        OOXMLFile(plain).encrypt(OPENS_WITH, sealed)
        return sealed.getvalue()


def chance(*words: object) -> int:
    """A number from 0 to 99 that depends on the words alone."""
    return int(hashlib.sha256("|".join(map(str, words)).encode()).hexdigest()[:8], 16) % 100


def _answer(filled: FilledList, number: str, visited: date) -> tuple[str, date, str]:
    verdict = VERDICTS[chance(number, visited) % len(VERDICTS)]
    cells = {"核实日期": visited.isoformat(), "核实结果": verdict, "核实人": "李核实"}
    if verdict in ("属实暂不符合", "不属实", "查无此户"):
        cells["不符合原因"] = "收入漏报"
    filled.write(number, **cells)
    return number, visited, verdict


def answer_list(file: Path, handed_out: date, turn: int) -> list[Returned]:
    """What one township sends back: half of it in time, some weeks late, some rows spoilt, and now and then a whole file.

    `handed_out` is the list's as-of day, `turn` counts the nights.
    """
    content = file.read_bytes()
    stem, visited = file.name.removesuffix(".xlsx"), handed_out + timedelta(days=3)
    first, late = FilledList(content), FilledList(content)
    in_time = Returned(f"{stem}.xlsx", b"", handed_out + timedelta(days=5))
    overdue = Returned(f"{stem}-补报.xlsx", b"", handed_out + timedelta(days=24))
    for number in first.rows:
        lot = chance(number, handed_out)
        if lot < 50:
            in_time.good.append(_answer(first, number, visited))
        elif lot < 65:
            overdue.good.append(_answer(late, number, handed_out + timedelta(days=20)))
            in_time.bad[number] = "not_filled"
        elif lot < 74:
            first.write(number, 核实日期=visited.isoformat(), 核实结果="属实建议纳入")
            in_time.bad[number] = "half_filled"
        elif lot < 80:
            _answer(first, number, visited)
            first.write(number, 户主姓名="换了人")
            in_time.bad[number] = "changed_identity"
        elif lot < 85:
            _answer(first, number, handed_out - timedelta(days=1))
            in_time.bad[number] = "bad_date"
        else:
            in_time.bad[number] = "not_filled"
    overdue.bad = {number: "not_filled" for number in late.rows if number not in {row[0] for row in overdue.good}}
    in_time.content = first.bytes(locked=turn % 2 == 0)
    overdue.content = late.bytes(locked=False)
    sent = [in_time, overdue] if overdue.good else [in_time]
    if turn % 3 == 0:  # the very same file once more, under another name
        sent.append(
            Returned(f"{stem}-再报.xlsx", in_time.content, handed_out + timedelta(days=7), [], dict(in_time.bad))
        )
    if turn % 3 == 1:
        sent.append(_forged(content, stem, handed_out))
    return sent


def _forged(content: bytes, stem: str, handed_out: date) -> Returned:
    """A list whose hidden sheet says that it was handed out to another township."""
    forged = FilledList(content)
    forged.book["_meta"].cell(1, 4).value = "999999999"
    return Returned(
        f"{stem}-另一份.xlsx", forged.bytes(locked=False), handed_out + timedelta(days=6), refused="tampered"
    )


def mixed_up(ours: Path, theirs: Path, handed_out: date) -> Returned:
    """Our list with another township's rows pasted over its first ones."""
    filled, other = FilledList(ours.read_bytes()), FilledList(theirs.read_bytes())
    sent = Returned(f"{handed_out}-错行-{ours.parent.name}.xlsx", b"", handed_out + timedelta(days=8))
    for number, pasted in zip(list(filled.rows)[:3], other.rows, strict=False):
        _answer(filled, number, handed_out + timedelta(days=3))
        filled.write(number, 预警编号=pasted, 户主姓名=other.cell(pasted, "户主姓名"))
        sent.bad[pasted] = "not_listed"
    untouched = list(filled.rows)[len(sent.bad) :]
    sent.bad |= dict.fromkeys(untouched, "not_filled")
    sent.content = filled.bytes(locked=False)
    return sent
