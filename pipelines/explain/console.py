"""The document of one household as lines of text, with columns that line up under Chinese characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from pipelines.explain.bill import Bill, ItemSum, Section, Table

_NUMERALS = "一二三四五六七八九十"


def bill_lines(bill: Bill) -> Iterator[str]:
    """The whole document, line by line."""
    yield f"守望 算账单  户编号 {bill.household_no}"
    yield bill.subtitle
    for number, section in zip(_NUMERALS, bill.sections, strict=False):
        yield ""
        yield f"{number}、{section.title}"
        yield from _section_lines(section)
    yield ""
    yield (
        "以上各项自下而上逐级相加，与发布的收入一分不差。"
        if not bill.problems
        else "以下各处相加不等，请交系统管理员："
    )
    yield from (f"  {problem}" for problem in bill.problems)


def _section_lines(section: Section) -> Iterator[str]:
    """A section without its heading."""
    yield from (f"  {line}" for line in section.words)
    for item in section.items:
        yield from _item_lines(item)
    for table in section.tables:
        yield from (f"  {line}" for line in _table_lines(table))


def _item_lines(item: ItemSum) -> Iterator[str]:
    """An item: each quarter with its source rows below it, then the total."""
    yield f"  {item.label}"
    for line in item.quarters:
        yield (
            f"    {pad(line.quarter, 14)}部门记录 {pad(line.recorded, 12, right=True)}  "
            f"入户申报 {pad(line.declared, 13, right=True)}  计入 {pad(line.counted, 13, right=True)}  {line.side}"
        )
        for source in line.sources:
            yield (
                f"        {pad(source.when, 14)}{pad(source.amount, 14, right=True)}  {pad(source.fate, 8)}"
                f"  {source.what}  《{source.form}》{source.place}"
            )
    yield f"    {item.total}"


def _table_lines(table: Table) -> Iterator[str]:
    """A table with aligned columns; the last column runs on."""
    widths = [max(map(width, cells)) for cells in zip(table.headers, *table.rows, strict=True)]
    for row in (table.headers, *table.rows):
        cells = [pad(cell, widths[index], right=index in table.right) for index, cell in enumerate(row[:-1])]
        last = pad(row[-1], widths[-1], right=True) if len(row) - 1 in table.right else row[-1]
        yield "  ".join([*cells, last]).rstrip()


def width(text: str) -> int:
    """Columns that a text takes on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """The text filled up with blanks to so many columns; `right` puts them in front."""
    blanks = " " * max(0, columns - width(text))
    return blanks + text if right else text + blanks
