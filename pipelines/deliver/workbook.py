"""Drawing papers as workbooks: texts stay texts, so that no input can become a formula or a link; figures can be summed."""

from __future__ import annotations

import io
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msoffcrypto.format.ooxml
import xlsxwriter

from pipelines.deliver.layout import row_height
from pipelines.deliver.paper import PaperColumn, PaperSheet, cell_text
from pipelines.deliver.signature import META_SHEET
from pipelines.deliver.source import chinese_date
from pipelines.deliver.workbook_chart import excel_chart

TITLE_FONT, HEAD_FONT, BODY_FONT = "宋体", "黑体", "仿宋"
BODY_POINTS = 10.5
_PLAIN_STRINGS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_YELLOW, _GREY = "#FFF2CC", "#F2F2F2"
_UNIT_PIXELS, _CHART_LINES, _CHART_LINE_PIXELS = 7, 14, 24
_MOST_ROWS = 1_000_000  # on one sheet; Excel's own limit is 1,048,576 lines, and what is beyond would be lost
_SHARES = (0.42, 0.75)  # of the width: where the second and third text of the line under the title begin


def workbook_bytes(
    sheets: list[PaperSheet],
    *,
    meta: list[tuple[str, ...]] | None = None,
    protect: bool = False,
    password: str = "",
    aside: Path | None = None,
) -> bytes:
    """The sheets as one .xlsx; the same content gives the same bytes, unless a password encrypts them.

    meta: lines of a sheet that Excel's menus cannot show. protect: only entry cells can be changed.
    aside: a folder nobody else can read, for a long workbook: lines drawn lie there until it is whole, one of them is held in
    memory. Without it all are held, some kilobytes each, and none is on disk.
    """
    stream = io.BytesIO()
    held = {"constant_memory": True, "tmpdir": str(aside)} if aside else {"in_memory": True}
    book = xlsxwriter.Workbook(stream, {**held, **_PLAIN_STRINGS})
    day = sheets[0].as_of
    created = datetime(day.year, day.month, day.day)
    book.set_properties({"title": sheets[0].title, "created": created, "comments": sheets[0].origin})
    draw = _Drawing(book)
    for sheet in sheets:
        for part in sheet.parts(_MOST_ROWS):
            draw.sheet(part, protect=protect)
    if meta is not None:
        hidden = book.add_worksheet(META_SHEET)
        for line, cells in enumerate(meta):
            for column, text in enumerate(cells):
                hidden.write_string(line, column, text)
        hidden.protect("", {"select_locked_cells": False})
        hidden.very_hidden()
    book.close()
    plain = stream.getvalue()
    if not password:
        return plain
    locked = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(plain)).encrypt(password, locked)
    return locked.getvalue()


def _number_format(value: Any) -> str:  # noqa: ANN401 - any value of a frame
    """How Excel shows a figure, the same way as `cell_text` does; nothing for what is not one."""
    if isinstance(value, bool):
        return ""
    if isinstance(value, int):
        return "#,##0"
    if isinstance(value, Decimal):
        places = -int(value.as_tuple().exponent)
        return "#,##0." + "0" * places if places else "#,##0"
    return ""


def write_file(target: Path, content: bytes) -> None:
    """Write a new file that nobody may change."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    target.chmod(0o440)


def heading_texts(paper: PaperSheet) -> tuple[str, str, str]:
    """The line under the title: who fills it in, until when the data go, what is counted."""
    return f"填报单位：{paper.unit}", f"数据截止日：{chinese_date(paper.as_of)}", f"单位：{paper.measure}"


def note_texts(paper: PaperSheet) -> list[str]:
    """The notes as they are printed: numbered where there are several."""
    if len(paper.notes) == 1:
        return [f"说明：{paper.notes[0]}"]
    return [f"{number}.{text}" for number, text in enumerate(paper.notes, start=1)]


class _Drawing:
    """One workbook in the making, with its formats."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._cells: dict[tuple[str, bool, str, bool], Any] = {}

    def _format(self, **properties: Any) -> Any:  # noqa: ANN401 - xlsxwriter has no types
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(
                {"font_name": BODY_FONT, "font_size": BODY_POINTS, "valign": "vcenter", "text_wrap": True, **properties}
            )
        return self._formats[key]

    def sheet(self, paper: PaperSheet, *, protect: bool) -> None:
        """Draw one paper on a sheet of its own."""
        page = self._book.add_worksheet(paper.name)
        last = len(paper.columns) - 1
        for index, column in enumerate(paper.columns):
            page.set_column(index, index, column.width)
        line = self._heading(page, paper, last)
        header = line
        bordered = {"border": 1}
        for index, column in enumerate(paper.columns):
            fill = _YELLOW if column.is_entry else _GREY
            page.write_string(
                line, index, column.header, self._format(font_name=HEAD_FONT, align="center", bg_color=fill, **bordered)
            )
        page.set_row(line, row_height([c.header for c in paper.columns], [c.width for c in paper.columns], BODY_POINTS))
        line = self._body(page, paper, line + 1)
        if paper.totals:
            self._cells_of(page, paper, line, [paper.totals.get(c.name) for c in paper.columns], bold=True)
            line += 1
        bottom = line - 1
        line = self._closing(page, paper, line, last, header + 1)
        self._entries(page, paper, header + 1, bottom)
        self._print_setup(page, paper, header, line, last)
        if protect:
            page.protect("", {"format_rows": True, "format_columns": True, "select_locked_cells": True})

    def _heading(self, page: Any, paper: PaperSheet, last: int) -> int:  # noqa: ANN401
        """Title, the line of unit and day, further lines; returns the line below."""
        page.merge_range(0, 0, 0, last, "", self._format(font_name=TITLE_FONT, font_size=18, bold=True, align="center"))
        page.write_string(
            0, 0, paper.title, self._format(font_name=TITLE_FONT, font_size=18, bold=True, align="center")
        )
        page.set_row(0, 34)
        self._spread(page, paper, 1, heading_texts(paper))
        line = 2
        for text in paper.lines:
            line = self._wide(page, paper, line, last, text)
        return line

    def _spread(self, page: Any, paper: PaperSheet, line: int, parts: tuple[str, str, str]) -> None:  # noqa: ANN401
        """Three texts on one line: left, middle, right; the first has nearly half of the width."""
        widths = [column.width for column in paper.columns]
        last = len(widths) - 1
        starts = [1 + sum(sum(widths[:end]) < share * sum(widths) for end in range(1, last)) for share in _SHARES]
        first = min(starts[0], last - 1)
        second = max(starts[1], first + 1)
        spans = ((0, first - 1, "left"), (first, second - 1, "center"), (second, last, "right"))
        for (start, end, align), text in zip(spans, parts, strict=True):
            style = self._format(align=align, text_wrap=False, shrink=True)
            if end > start:
                page.merge_range(line, start, line, end, "", style)
            page.write_string(line, start, text, style)
        page.set_row(line, 20)

    def _wide(self, page: Any, paper: PaperSheet, line: int, last: int, text: str) -> int:  # noqa: ANN401
        """One text over the full width; returns the line below."""
        style = self._format(align="left")
        if last:
            page.merge_range(line, 0, line, last, "", style)
        page.write_string(line, 0, text, style)
        page.set_row(line, row_height([text], [sum(column.width for column in paper.columns)], BODY_POINTS))
        return line + 1

    def _body(self, page: Any, paper: PaperSheet, line: int) -> int:  # noqa: ANN401
        """The rows, each as high as its longest text; returns the line below."""
        for row in paper.rows.select(column.name for column in paper.columns).iter_rows():
            self._cells_of(page, paper, line, list(row))
            line += 1
        if paper.rows.is_empty():
            self._cells_of(page, paper, line, [None] * len(paper.columns))
            style = self._format(border=1, align="center")
            page.merge_range(line, 0, line, len(paper.columns) - 1, "本期无", style)
            line += 1
        return line

    def _cells_of(self, page: Any, paper: PaperSheet, line: int, values: list[Any], *, bold: bool = False) -> None:  # noqa: ANN401
        """One row: figures as numbers, all else as text."""
        texts = [cell_text(value) for value in values]
        for index, (column, value, text) in enumerate(zip(paper.columns, values, texts, strict=True)):
            style = self._cell_format(column, _number_format(value), bold=bold)
            if _number_format(value):
                page.write_number(line, index, value, style)
            elif text:
                page.write_string(line, index, text, style)
            else:
                page.write_blank(line, index, None, style)
        page.set_row(line, max(24.0, row_height(texts, [column.width for column in paper.columns], BODY_POINTS)))

    def _cell_format(self, column: PaperColumn, number: str, *, bold: bool) -> Any:  # noqa: ANN401
        key = (column.align, column.is_entry, number, bold)
        if key not in self._cells:
            style: dict[str, Any] = {"border": 1, "align": column.align, "bold": bold}
            if number:
                style["num_format"] = number
            if column.is_entry:
                style |= {"bg_color": _YELLOW, "locked": False}
            self._cells[key] = self._format(**style)
        return self._cells[key]

    def _closing(self, page: Any, paper: PaperSheet, line: int, last: int, first: int) -> int:  # noqa: ANN401
        """Notes, charts and the signature line; `first` is the table's first row. Returns the line below."""
        for text in note_texts(paper):
            line = self._wide(page, paper, line, last, text)
        if paper.charts:
            line = self._charts(page, paper, line, first)
        if paper.signatures:
            line = self._wide(page, paper, line, last, "　　　　　　".join(f"{name}：" for name in paper.signatures))
        return line

    def _charts(self, page: Any, paper: PaperSheet, line: int, first: int) -> int:  # noqa: ANN401
        """The charts side by side, drawn by Excel from the sheet's own cells; returns the line below."""
        bottom = first + paper.rows.height - 1
        width = sum(column.width for column in paper.columns) * _UNIT_PIXELS
        for place, chart in enumerate(paper.charts):
            drawn = excel_chart(self._book, chart, paper, page.name, (first, bottom))
            share = width / len(paper.charts)
            drawn.set_size({"width": int(share - 12), "height": _CHART_LINES * _CHART_LINE_PIXELS - 12})
            page.insert_chart(line, 0, drawn, {"x_offset": int(place * share) + 6, "y_offset": 6})
        for below in range(_CHART_LINES):
            page.set_row(line + below, _CHART_LINE_PIXELS * 0.75)
        return line + _CHART_LINES

    def _entries(self, page: Any, paper: PaperSheet, first: int, bottom: int) -> None:  # noqa: ANN401
        """Dropdowns and hints of the entry columns."""
        for index, column in enumerate(paper.columns):
            if column.choices:
                page.data_validation(
                    first, index, bottom, index,
                    {
                        "validate": "list", "source": list(column.choices), "input_title": column.header,
                        "input_message": column.hint, "error_title": column.header, "error_message": "请从下拉列表中选择。",
                    },
                )  # fmt: skip
            elif column.is_entry:
                page.data_validation(
                    first, index, bottom, index,
                    {"validate": "any", "input_title": column.header, "input_message": column.hint},
                )  # fmt: skip

    def _print_setup(self, page: Any, paper: PaperSheet, header: int, end: int, last: int) -> None:  # noqa: ANN401
        page.set_paper(9)
        if paper.is_landscape:
            page.set_landscape()
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        page.center_horizontally()
        page.fit_to_pages(1, 0)
        page.repeat_rows(header)
        page.freeze_panes(header + 1, 0)
        page.print_area(0, 0, max(end - 1, header), last)
        page.set_footer("&C第 &P 页 共 &N 页")
        page.hide_gridlines(2)
