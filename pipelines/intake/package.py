"""Looking into an .xlsx package before anything parses it: sizes, contents, stray cells, cells without a value.

Works on bytes only. Whatever a workbook claims of itself is measured, not believed.
"""

from __future__ import annotations

import html
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from pipelines.intake.refusal import RefusedError

_MEMBERS = 2_000
_EXPANDED = 768 << 20  # bytes, all parts together
_RATIO = 250  # expanded to packed, for parts worth the question
_RATIO_FROM = 16 << 20
_CELLS = 30_000_000  # of the rectangle that a sheet's cells span
_STRAY_CHECK_BELOW = 8 << 20  # bytes of a sheet in which every cell's place is looked at
_CHUNK = 1 << 20

_AGAIN = "请在 Excel 或 WPS 中打开，把数据复制到新工作簿，另存为 .xlsx 后重报。"
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*\"([^\"]*)\"")
_FROM_1904 = re.compile(rb"<(?:\w+:)?workbookPr\b[^>]*\bdate1904\s*=\s*\"(?:1|true)\"")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_PLACE = re.compile(rb"[\s]r=\"([A-Z]{1,3})([0-9]{1,7})\"")
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_ROW_NUMBER = re.compile(rb"\sr=\"([0-9]{1,9})\"")
_EMPTY_TEXT = re.compile(
    rb"<(?:\w+:)?si>\s*(?:<(?:\w+:)?t\b[^>]*/>|<(?:\w+:)?t\b[^>]*>\s*</(?:\w+:)?t>)?\s*</(?:\w+:)?si>"
)
_CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_VALUE = re.compile(rb"<v>([^<]*)</v>")
_INLINE = re.compile(rb"<t\b[^>]*>([^<]*)</t>")
_TOTAL_WORD = re.compile(r"\s*(?:[合总小共累]\s*计|本页[小合]计)\s*[:：]?\s*")
_TOTAL_BYTES = re.compile(r"(?:合|总|小|共|累)\s*计".encode())
_SOMETHING = re.compile(rb"<[tv](?: [^>]*)?>[^<\s]")
_TOTAL_TEXT = re.compile(
    r"<si>(?:<t[^>]*>)\s*(?:(?:合|总|小|共|累)\s*计|本页(?:小|合)计)\s*(?::|：)?\s*</t></si>".encode()
)


def column_index(letters: bytes) -> int:
    """Column letters as an index from 0: A is 0, XFD is 16383."""
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


def _attributes(tag: bytes) -> dict[str, str]:
    return {name.decode(): html.unescape(value.decode("utf-8", "replace")) for name, value in _ATTRIBUTE.findall(tag)}


@dataclass(frozen=True)
class BrokenCell:
    """A cell that holds an error, or a formula without a computed value: line and column from 0."""

    line: int
    column: int
    shown: str


class SheetXml:
    """The bytes of one worksheet's part."""

    def __init__(self, name: str, xml: bytes) -> None:
        self.name = name
        self.xml = xml

    def check_extent(self) -> None:
        """Raise RefusedError when the rectangle of the sheet's cells is too large to be a table.

        In a large sheet only the first and last cells are looked at; the memory limit of the process that parses it
        catches what is hidden from that.
        """
        looked_at = self.xml if len(self.xml) < _STRAY_CHECK_BELOW else self.xml[:_CHUNK] + self.xml[-_CHUNK:]
        numbers = [int(found[1]) for tag in _ROW.findall(looked_at) if (found := _ROW_NUMBER.search(tag))]
        places = _PLACE.findall(looked_at)
        width = max((column_index(letters) + 1 for letters, _ in places), default=1)
        lines = max([self.xml.count(b"<row"), *numbers, *(int(number) for _, number in places)])
        if lines * width > _CELLS:
            raise RefusedError(
                "stray_cell",
                f"工作表“{self.name}”的单元格延伸到第 {lines} 行、第 {width} 列，远超正常表格，"
                f"可能在很远处留有内容或格式。{_AGAIN}",
            )

    def hidden_rows(self) -> int:
        """Number of lines marked hidden."""
        if b"hidden=" not in self.xml:
            return 0
        return sum(b'hidden="1"' in tag or b'hidden="true"' in tag for tag in _ROW.findall(self.xml))

    def broken_cells(self) -> list[BrokenCell]:
        """Cells with an error, and formulas without a computed value."""
        found = []
        for mark in (b't="e"', b"<f", b":f"):
            at = self.xml.find(mark)
            while at >= 0:
                cell = self._broken_at(at, formula=mark != b't="e"')
                if cell:
                    found.append(cell)
                at = self.xml.find(mark, at + len(mark))
        return found

    def _broken_at(self, at: int, *, formula: bool) -> BrokenCell | None:
        if formula and self.xml[at + 2 : at + 3] not in b" >/":
            return None
        start = max(self.xml.rfind(b"<c ", 0, at), self.xml.rfind(b":c ", 0, at))
        end = self.xml.find(b"c>", at)
        cell = self.xml[start : end if end >= 0 else len(self.xml)]
        tag = cell[: cell.find(b">")]
        place = _PLACE.search(tag)
        if start < 0 or place is None:
            return None
        line, column = int(place[2]) - 1, column_index(place[1])
        value = re.search(rb"v>([^<]*)</", cell)
        if not formula:
            return BrokenCell(line, column, value[1].decode("utf-8", "replace") if value else "#ERROR")
        if (value and value[1]) or b't="str"' in tag or b't="e"' in tag:
            return None
        return BrokenCell(line, column, "（公式没有计算结果）")


class Package:
    """An .xlsx package that is safe to parse.

    Raises RefusedError on opening when it is damaged, encrypted, a bomb, holds macros, or is no workbook.

    Attributes:
        sheets: worksheets by name.
        shared: the part of shared strings, empty when there is none.
        counts_from_1904: numbers that stand for days count from 1904.
        remarks: Chinese sentences for the department.
    """

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
            self._look(self._zip.infolist())
            self.sheets = self._read_sheets()
            self.shared = self._part("xl/sharedStrings.xml")
            self.counts_from_1904 = bool(_FROM_1904.search(self._part("xl/workbook.xml")))
        except (zipfile.BadZipFile, zlib.error, OSError, ValueError, KeyError, NotImplementedError, EOFError) as error:
            raise RefusedError("unreadable", f"工作簿已损坏，打不开。{_AGAIN}") from error
        except RuntimeError as error:
            raise RefusedError("encrypted", "文件设有密码，无法读取。请去掉密码后重报。") from error
        names = self._zip.namelist()
        self.remarks: list[str] = []
        if any(name.startswith("xl/externalLinks/") for name in names):
            self.remarks.append("工作簿引用了其他文件；只读取了已保存的数值，没有打开其他文件。")

    def _look(self, members: list[zipfile.ZipInfo]) -> None:
        """Refuse by what the directory says; what it hides shows when parts are expanded."""
        names = [member.filename for member in members]
        if any(member.flag_bits & 1 for member in members):
            raise RefusedError("encrypted", "文件设有密码，无法读取。请去掉密码后重报。")
        if len(members) > _MEMBERS or sum(member.file_size for member in members) > _EXPANDED:
            raise RefusedError("too_large", f"工作簿展开后过大，像是压缩炸弹或含有大量无关内容。{_AGAIN}")
        if len(set(names)) != len(names):
            raise RefusedError("unreadable", f"工作簿内部有重名的部件，已损坏或被改动。{_AGAIN}")
        if any("vbaproject" in name.lower() for name in names):
            raise RefusedError("active_content", "文件含有宏。为安全起见不接收，请另存为不带宏的 .xlsx 后重报。")
        if "xl/workbook.xml" not in names:
            raise RefusedError(
                "bad_format", "文件不是 Excel 工作簿（可能是其他文件改了扩展名）。请另存为 .xlsx 后重报。"
            )

    def _part(self, name: str) -> bytes:
        """One part, expanded no further than allowed."""
        try:
            member = self._zip.getinfo(name)
        except KeyError:
            return b""
        expanded = bytearray()
        with self._zip.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                expanded += chunk
                size = len(expanded)
                if size > _EXPANDED or (size > _RATIO_FROM and size > _RATIO * max(1, member.compress_size)):
                    raise RefusedError("too_large", f"工作簿展开后过大，像是压缩炸弹。{_AGAIN}")
        if b"<!DOCTYPE" in expanded[:4096] or b"<!ENTITY" in expanded[:4096]:
            raise RefusedError("active_content", f"工作簿内部含有不应出现的定义（DOCTYPE），为安全起见不接收。{_AGAIN}")
        return bytes(expanded)

    def _read_sheets(self) -> list[SheetXml]:
        targets = {}
        for tag in _RELATION.findall(self._part("xl/_rels/workbook.xml.rels")):
            relation = _attributes(tag)
            targets[relation.get("Id", "")] = relation.get("Target", "")
        sheets = []
        for tag in _SHEET.findall(self._part("xl/workbook.xml")):
            attributes = _attributes(tag)
            target = targets.get(next((value for key, value in attributes.items() if key.endswith(":id")), ""), "")
            if "worksheets/" not in target:
                continue
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            sheet = SheetXml(attributes.get("name", ""), self._part(path))
            if not sheet.xml:
                raise RefusedError("unreadable", f"工作表“{sheet.name}”的内容缺失，工作簿已损坏。{_AGAIN}")
            sheet.check_extent()
            sheets.append(sheet)
        if not sheets:
            raise RefusedError("unreadable", f"工作簿中没有任何工作表。{_AGAIN}")
        return sheets

    def counter(self, sheet: SheetXml) -> Callable[[int], int] | None:
        """A second, simpler count of a sheet's rows below a line, made from the bytes alone; None where it cannot be.

        The count leaves out blank lines and lines whose first cell is a total.
        """
        if b"<row" not in sheet.xml or (self.shared and b"<si>" not in self.shared and b"<si " not in self.shared):
            return None
        return partial(_count_rows, sheet.xml, *self._blank_and_total_strings())

    def _blank_and_total_strings(self) -> tuple[set[bytes], set[bytes]]:
        """Indexes (as written in cells) of the shared strings that are blank, and of those that are a total's word."""
        blank = {b"%d" % self._shared_index(found.start()) for found in _EMPTY_TEXT.finditer(self.shared)}
        totals = {b"%d" % self._shared_index(found.start()) for found in _TOTAL_TEXT.finditer(self.shared)}
        return blank, totals

    def _shared_index(self, at: int) -> int:
        return self.shared.count(b"<si>", 0, at + 4) + self.shared.count(b"<si ", 0, at + 4) - 1


def _says(cell: re.Match[bytes], blank: set[bytes], totals: set[bytes]) -> str:
    """What one cell is: "" blank, "total" the word for one, "data" anything else."""
    attributes, inside = cell[1], cell[2] or b""
    value = _VALUE.search(inside)
    if b't="s"' in attributes:
        index = value[1] if value else b""
        return "" if not index or index in blank else "total" if index in totals else "data"
    text = (value[1] if value else b"".join(_INLINE.findall(inside))).decode("utf-8", "replace").strip()
    if _TOTAL_WORD.fullmatch(text):
        return "total"
    uncomputed = b"<f" in inside and b't="str"' not in attributes
    return "data" if text or uncomputed else ""


def _count_rows(xml: bytes, blank: set[bytes], totals: set[bytes], below: int) -> int:
    """Lines of a sheet's part after index `below` that are neither blank nor hold a total's word."""
    segments = xml.split(b"<row")[1:]
    line = first = 0
    while first < len(segments):
        number = _ROW_NUMBER.search(segments[first], 0, segments[first].find(b">"))
        line = int(number[1]) if number else line + 1
        if line > below + 1:
            break
        first += 1
    total_cells = [b"<v>%b</v>" % index for index in totals]
    plain = not blank and b"<f" not in xml and not _TOTAL_BYTES.search(xml)
    count = 0
    for segment in segments[first:]:
        if plain and not (total_cells and any(cell in segment for cell in total_cells)):
            count += _SOMETHING.search(segment) is not None
            continue
        said = {_says(cell, blank, totals) for cell in _CELL.finditer(segment)}
        count += "data" in said and "total" not in said
    return count
