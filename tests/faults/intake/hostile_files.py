"""Files made by hand to do harm or to be misread: (what it is, file name, bytes, codes that may be its answer)."""

from __future__ import annotations

import datetime
import io
import random
import zipfile
from collections.abc import Iterator

import openpyxl
import xlwt

from tests.faults.intake.test_mutants import rezipped
from tests.unit.intake.small_county import GOOD_ID, csv_bytes, xlsx_bytes

HEADER = ["证件号码", "月份", "务工单位", "工资收入"]
ROW = [GOOD_ID, "2020-05", "甲厂", 1600]
TAKEN, PART = "taken", "in_part"
Hostile = tuple[str, str, bytes, set[str]]
_NAME = "2020-05"


def _book(change) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    page.append(HEADER)
    page.append(ROW)
    change(book, page)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _in_sheet(old: bytes, new: bytes) -> bytes:
    part = "xl/worksheets/sheet1.xml"
    return rezipped(xlsx_bytes([HEADER, ROW]), lambda parts: {**parts, part: parts[part].replace(old, new)})


def _with_part(name: str, content: bytes) -> bytes:
    return rezipped(xlsx_bytes([HEADER, ROW]), lambda parts: {**parts, name: content})


def _stray() -> Iterator[Hostile]:
    far = {"stray_cell", "unreadable"}
    near = far | {TAKEN, PART}
    places = {"XFD1048576": far, "AAA1048576": far, "XFD500000": far, "CZ1000000": far}
    for place, codes in (places | dict.fromkeys(("XFD3", "ZZZ1", "A1048576", "B1048576"), near)).items():
        try:
            yield f"stray cell {place}", "xlsx", _book(lambda _, page, at=place: page.__setitem__(at, 1)), codes
        except ValueError:
            yield (
                f"stray cell {place}",
                "xlsx",
                _in_sheet(b'<c r="A2"', f'<c r="{place}"><v>1</v></c><c r="A2"'.encode()),
                codes,
            )
    for number in (0, 1048577, 99999999, 4294967296):
        content = _in_sheet(b'<row r="2"', f'<row r="{number}"'.encode())
        yield (
            f"row number {number}",
            "xlsx",
            content,
            {"stray_cell", "unreadable", "count_differs", "too_much_memory", "no_rows", TAKEN},
        )


def _bombs() -> Iterator[Hostile]:
    sheet = b'<row r="9"><c r="A9" t="inlineStr"><is><t>' + b"A" * (60 << 20) + b"</t></is></c></row></sheetData>"
    yield "bomb in the sheet", "xlsx", _in_sheet(b"</sheetData>", sheet), {"too_large"}
    yield (
        "bomb in shared strings",
        "xlsx",
        _with_part("xl/sharedStrings.xml", b"<sst><si><t>" + b"B" * (60 << 20) + b"</t></si></sst>"),
        {"too_large"},
    )
    many = rezipped(xlsx_bytes([HEADER, ROW]), lambda parts: parts | {f"xl/media/{n}.bin": b"x" for n in range(3000)})
    yield "3000 parts", "xlsx", many, {"too_large"}
    lol = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
    for part in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"):
        yield f"entities in {part}", "xlsx", _with_part(part, lol), {"active_content", "unreadable"}
    nested = io.BytesIO()
    with zipfile.ZipFile(nested, "w", zipfile.ZIP_DEFLATED) as outer:
        outer.writestr("inner.zip", xlsx_bytes([HEADER, ROW]))
    yield "zip of a workbook", "xlsx", nested.getvalue(), {"bad_format"}


def _active() -> Iterator[Hostile]:
    yield "macros", "xlsx", _with_part("xl/vbaProject.bin", b"macro"), {"active_content"}
    yield "external links", "xlsx", _with_part("xl/externalLinks/externalLink1.xml", b"<externalLink/>"), {TAKEN}
    for formula in (
        "=1/0",
        '=HYPERLINK("http://x","y")',
        "=[other.xlsx]Sheet1!A1",
        '=WEBSERVICE("http://x")',
        "=cmd|'/c calc'!A1",
    ):
        yield (
            f"formula {formula[:9]}",
            "xlsx",
            _book(lambda _, page, text=formula: page.__setitem__("D2", text)),
            {PART},
        )
        yield (
            f"formula in a required cell {formula[:9]}",
            "xlsx",
            _book(lambda _, page, text=formula: page.__setitem__("A2", text)),
            {PART},
        )
    for error in ("#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!"):

        def put(_, page, text=error) -> None:
            page["D2"] = text
            page["D2"].data_type = "e"

        yield f"error {error}", "xlsx", _book(put), {PART}


def _not_workbooks() -> Iterator[Hostile]:
    chance = random.Random(5)
    samples = {
        "nothing": b"",
        "zeros": bytes(5000),
        "noise": chance.randbytes(5000),
        "pdf": b"%PDF-1.7\n" + chance.randbytes(500),
        "png": b"\x89PNG\r\n\x1a\n" + chance.randbytes(500),
        "jpeg": b"\xff\xd8\xff\xe0" + chance.randbytes(500),
        "rar": b"Rar!\x1a\x07" + chance.randbytes(500),
        "7z": b"7z\xbc\xaf\x27\x1c" + chance.randbytes(500),
        "empty zip": b"PK\x05\x06" + bytes(18),
        "only magic": b"PK\x03\x04",
        "ole magic": bytes.fromhex("D0CF11E0A1B11AE1"),
        "ole noise": bytes.fromhex("D0CF11E0A1B11AE1") + chance.randbytes(8000),
        "elf": b"\x7fELF" + chance.randbytes(500),
        "shell": b"#!/bin/sh\nrm -rf /\n",
        "json": b'{"a": 1}',
        "spreadsheetml": b'<?xml version="1.0"?><Workbook></Workbook>',
        "page without a table": b"<html><body>404</body></html>",
        "blank lines": b"\r\n\r\n\r\n",
        "one comma": b",",
        "utf-16 without bom": "证件号码".encode("utf-16-le"),
        "cut gbk": "证件号码,月份".encode("gb18030")[:-1],
        "mixed codings": "证件号码,月份\n".encode() + "张三,李四".encode("gb18030") + "王".encode(),
    }
    codes = {"empty", "unreadable", "bad_format", "bad_encoding", "wrong_form", "no_rows", "encrypted"}
    for name, content in samples.items():
        for suffix in ("xlsx", "xls", "csv"):
            yield f"{name} as {suffix}", suffix, content, codes


def _csv_tricks() -> Iterator[Hostile]:
    lines = [HEADER, [str(value) for value in ROW]]
    text = csv_bytes(lines).decode("utf-8-sig")
    yield "utf-16", "csv", text.encode("utf-16"), {TAKEN}
    yield "open quote", "csv", (text + '"' + "x" * 300_000).encode(), {"unreadable", PART}
    yield (
        "a million commas",
        "csv",
        (text + "," * 1_000_000).encode(),
        {"too_large"},
    )
    yield "nul", "csv", text.encode() + b"\x00", {"bad_encoding"}
    yield "semicolons", "csv", text.replace(",", ";").encode(), {TAKEN}
    yield "tabs", "xls", text.replace(",", "\t").encode("gb18030"), {TAKEN}
    yield "classic mac lines", "csv", text.replace("\r\n", "\r").encode(), {TAKEN}
    yield "header only", "csv", csv_bytes([HEADER]), {"no_rows"}
    yield "total only", "csv", csv_bytes([HEADER, ["合计", "", "", "0"]]), {"no_rows"}
    yield "header twice", "csv", csv_bytes([HEADER, HEADER, lines[1]]), {PART}
    yield (
        "a column twice",
        "csv",
        csv_bytes([["证件号码", "证件号码", "月份"], [GOOD_ID, GOOD_ID, "2020-05"]]),
        {"duplicate_column"},
    )
    yield "ragged", "csv", text.encode() + (",".join([GOOD_ID, "2020-05"]) + "\r\n").encode(), {TAKEN}
    yield (
        "too many cells in a row",
        "csv",
        text.encode() + ",".join([GOOD_ID, "2020-06", "乙", "5", "6", "7"]).encode(),
        {TAKEN},
    )
    for hostile in (
        "'; DROP TABLE raw; --",
        "${jndi:ldap://x}",
        "../../../etc/passwd",
        "<script>alert(1)</script>",
        "=2+5",
        "\u202egnp.exe",
    ):
        yield f"text {hostile[:8]}", "csv", csv_bytes([HEADER, [GOOD_ID, "2020-05", hostile, "1"]]), {TAKEN}


def _sheet_tricks() -> Iterator[Hostile]:
    for title in ("a'b", "数据;DROP", "𠮷𠮷", "x" * 31):
        yield f"sheet {title[:6]}", "xlsx", xlsx_bytes([HEADER, ROW], title), {TAKEN}

    def hide(book, page) -> None:
        book.create_sheet("空")
        page.sheet_state = "hidden"

    yield "only a hidden sheet has data", "xlsx", _book(hide), {"empty"}
    yield "forty sheets", "xlsx", _book(lambda book, _: [book.create_sheet(f"s{n}") for n in range(40)]), {TAKEN}
    yield "id as a number", "xlsx", xlsx_bytes([HEADER, [350181197111078190, *ROW[1:]]]), {PART}
    yield "booleans", "xlsx", _book(lambda _, page: page.__setitem__("D2", True)), {PART}
    book = xlwt.Workbook()
    page = book.add_sheet("数据")
    for line, values in enumerate((HEADER, ROW)):
        for place, value in enumerate(values):
            page.write(line, place, value)
    stream = io.BytesIO()
    book.save(stream)
    yield "a real xls", "xls", stream.getvalue(), {TAKEN}
    yield "a real xls named csv", "csv", stream.getvalue(), {TAKEN}
    for cut in (600, 2000, 4000):
        yield f"xls cut at {cut}", "xls", stream.getvalue()[:cut], {"unreadable", TAKEN}
    yield (
        "the sheet's part missing",
        "xlsx",
        rezipped(xlsx_bytes([HEADER, ROW]), lambda p: {k: v for k, v in p.items() if "sheet1" not in k}),
        {"unreadable"},
    )
    yield (
        "no sheet at all",
        "xlsx",
        rezipped(xlsx_bytes([HEADER, ROW]), lambda p: {**p, "xl/workbook.xml": b"<workbook><sheets/></workbook>"}),
        {"unreadable"},
    )


XLS_ERRORS = (0x00, 0x07, 0x0F, 0x17, 0x1D, 0x24, 0x2A)
BARE_DAY = 42492  # 3 May 2020, counted from 1904


def old_workbook(change=lambda page: None, *, from_1904: bool = False, month: object = "2020-05") -> bytes:
    """A legacy .xls of one row."""
    book = xlwt.Workbook()
    book.dates_1904 = from_1904
    page = book.add_sheet("数据", cell_overwrite_ok=True)
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for line, values in enumerate((HEADER, [ROW[0], month, *ROW[2:]])):
        for place, value in enumerate(values):
            page.write(line, place, value, *([day] if isinstance(value, datetime.date) else []))
    change(page)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _old_tricks() -> Iterator[Hostile]:
    for code in XLS_ERRORS:
        for place in (1, 3):
            broken = old_workbook(lambda page, at=place, code=code: page.row(1).set_cell_error(at, code))
            yield f"xls error {code} in column {place}", "xls", broken, {PART}
    yield "xls from 1904", "xls", old_workbook(from_1904=True, month=datetime.date(2020, 5, 3)), {TAKEN}
    yield "xls from 1904 with a bare day", "xls", old_workbook(from_1904=True, month=BARE_DAY), {"wrong_days"}
    from_1904 = {"xl/workbook.xml": (b"<workbookPr ", b'<workbookPr date1904="1" ')}
    for month, codes in ((BARE_DAY, {"wrong_days"}), ("2020-05", {TAKEN})):
        book = xlsx_bytes([HEADER, [ROW[0], month, *ROW[2:]]])
        changed = rezipped(book, lambda parts: {n: b.replace(*from_1904.get(n, (b"", b""))) for n, b in parts.items()})
        yield f"xlsx from 1904 {month}", "xlsx", changed, codes


def page_of(rows: list[str]) -> bytes:
    """A web page of one table named .xls, its rows given as the insides of their tags."""
    return f"<html><table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table></html>".encode("gb18030")


def _page_tricks() -> Iterator[Hostile]:
    head, row = ("".join(f"<td>{cell}</td>" for cell in cells) for cells in (HEADER, ROW))
    yield "page with a row in a comment", "xls", page_of([head, row, f"</tr><!--<tr>{row}</tr>--><tr>"]), {TAKEN}
    yield "page with a script", "xls", page_of([head, f"<script>'<tr><td>1</td>'</script>{row}"]), {TAKEN}
    yield "page with a table in a cell", "xls", page_of([head, row.replace("甲厂", f"<table><tr>{row}</tr></table>")]), {
        "count_differs", TAKEN, PART,
    }  # fmt: skip
    yield "page with a huge span", "xls", page_of([head, row.replace("<td>", '<td rowspan="999999999">', 1)]), {TAKEN}
    yield (
        "page without closing tags",
        "xls",
        page_of([head, row]).replace(b"</td>", b"").replace(b"</tr>", b""),
        {TAKEN},
    )
    yield "page of blank rows", "xls", page_of([head, *["<td> </td>"] * 5000, row]), {TAKEN}
    yield "page with a total", "xls", page_of([head, row, "<td>合&#35745;</td><td></td><td></td><td>5</td>"]), {TAKEN}
    yield "page of a header alone", "xls", page_of([head]), {"no_rows"}


def hostile_files() -> Iterator[Hostile]:
    """All of them."""
    tricks = (_stray, _bombs, _active, _not_workbooks, _csv_tricks, _sheet_tricks, _old_tricks, _page_tricks)
    for group in tricks:
        yield from group()


def hostile_names() -> Iterator[str]:
    """File names that try something; each is given a good file's bytes."""
    tricks = (
        "'; DROP TABLE x; --",
        "star[1]",
        "a*b?",
        "$(id)",
        "`id`",
        "line\nbreak",
        "\u202egpj",
        "空 格",
        "'引号'",
        "%00",
        "CON",
        "-rf",
        "é" * 60,
        "𠮷",
    )
    for trick in tricks:
        yield f"{_NAME}-{trick}.csv"
