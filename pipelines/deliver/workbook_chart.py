"""A sheet's chart as Excel's own, over the sheet's own cells; the print has the same one as a picture."""

from __future__ import annotations

from typing import Any

import polars as pl
import xlsxwriter

from pipelines.deliver.paper import CHART_COLOURS, PaperChart, PaperSheet

_SHORT_AXIS = 5  # up to here a spreadsheet program would draw halves between whole counts
_KINDS = {
    "column": {"type": "column"},
    "stacked": {"type": "column", "subtype": "stacked"},
    "line": {"type": "line"},
}


def excel_chart(
    book: xlsxwriter.Workbook, chart: PaperChart, paper: PaperSheet, page: str, rows: tuple[int, int]
) -> Any:  # noqa: ANN401 - xlsxwriter has no types
    """The chart over the cells of the sheet named `page`, whose table has its rows from the first to the last of `rows`."""
    names = [column.name for column in paper.columns]
    drawn, under, (first, last) = book.add_chart(_KINDS[chart.kind]), names.index(chart.category), rows
    for colour, name in zip(CHART_COLOURS, chart.series, strict=False):
        index = names.index(name)
        drawn.add_series({
            "name": [page, first - 1, index], "categories": [page, first, under, last, under],
            "values": [page, first, index, last, index], "fill": {"color": colour}, "line": {"color": colour},
            "marker": {"type": "circle"} if chart.kind == "line" else None,
        })  # fmt: skip
    highest = paper.rows.select(pl.sum_horizontal(pl.col(chart.series).cast(pl.Float64)).max()).item()
    steps = {"major_unit": 1, "min": 0} if (highest or 0) <= _SHORT_AXIS else {}
    grid = {"visible": True, "line": {"color": "#D9D9D9"}}
    drawn.set_title({"name": chart.title, "name_font": {"size": 11}})
    drawn.set_y_axis({"name": chart.unit, "num_format": "#,##0", "major_gridlines": grid, **steps})
    drawn.set_legend({"position": "bottom" if len(chart.series) > 1 else "none"})
    return drawn
