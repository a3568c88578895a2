"""Drawing papers as PDF: the same sheets as the workbook's, through one template."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines.deliver.drawing import Drawing
from pipelines.deliver.paper import PaperSheet, cell_text
from pipelines.deliver.workbook import BODY_POINTS, heading_texts, note_texts

_TEMPLATE = Path(__file__).with_name("printed.typ")
_UNIT_POINTS = 5.25  # of a column's width, as in layout
_ROOM = {True: 785.0, False: 538.0}  # points between the margins, by landscape
_LEAST_POINTS = 7.0


class Printer:
    """Prints sheets in one Chinese font, in several threads at a time if need be."""

    def __init__(self, font: str) -> None:
        self._font = font
        self._drawing = Drawing(_TEMPLATE, "report", font)

    def write(self, sheets: list[PaperSheet], target: Path) -> None:
        """Write the sheets as one PDF that nobody may change; the same sheets give the same bytes."""
        report = {"title": sheets[0].title, "sheets": [self._sheet(sheet) for sheet in sheets]}
        self._drawing.write(report, target)

    def _sheet(self, sheet: PaperSheet) -> dict[str, Any]:
        """A sheet as the template takes it; letters shrink where the columns need more room than the page has."""
        from pipelines.deliver.chart import chart_svg  # noqa: PLC0415 - every command would wait for altair

        width = sum(column.width for column in sheet.columns) * _UNIT_POINTS
        names = [column.name for column in sheet.columns]
        return {
            "title": sheet.title,
            "heading": heading_texts(sheet),
            "lines": sheet.lines,
            "headers": [column.header for column in sheet.columns],
            "widths": [column.width for column in sheet.columns],
            "aligns": [column.align for column in sheet.columns],
            "rows": [[cell_text(value) for value in row] for row in sheet.rows.select(names).iter_rows()],
            "totals": [cell_text(sheet.totals.get(name, "")) for name in names] if sheet.totals else [],
            "notes": note_texts(sheet),
            "signatures": sheet.signatures,
            "landscape": sheet.is_landscape,
            "size": max(_LEAST_POINTS, BODY_POINTS * min(1.0, _ROOM[sheet.is_landscape] / width)),
            "charts": [chart_svg(chart, sheet, self._font) for chart in sheet.charts],
        }
