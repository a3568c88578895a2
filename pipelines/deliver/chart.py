"""A sheet's chart as a picture, for print; the workbook has the same one as Excel's own."""

from __future__ import annotations

import altair as alt
import polars as pl
import vl_convert

from pipelines.deliver.paper import CHART_COLOURS, PaperChart, PaperSheet

_SIZE = (380, 220)  # points
_LEVEL_LABELS = 6  # names under the axis that have room side by side


def chart_svg(chart: PaperChart, sheet: PaperSheet, font: str) -> str:
    """The chart as SVG, its text in a font of this machine."""
    headers = {column.name: column.header.replace("\n", "") for column in sheet.columns}
    names = [headers[name] for name in chart.series]
    rows = sheet.rows.select(
        pl.int_range(pl.len()).alias("place"),
        pl.col(chart.category).alias("category"),
        *(pl.col(name).cast(pl.Float64).alias(headers[name]) for name in chart.series),
    ).unpivot(index=["place", "category"], variable_name="series", value_name="value")
    slant = 0 if sheet.rows.height <= _LEVEL_LABELS else -45
    axis = alt.X(
        "category:N", sort=alt.SortField("place"), title=None, scale=alt.Scale(padding=0.35),
        axis=alt.Axis(labelAngle=slant, labelLimit=90),
    )  # fmt: skip
    height = alt.Y(
        "value:Q", title=chart.unit,
        axis=alt.Axis(format=",d", tickMinStep=1, titleAngle=0, titleAlign="left", titleY=-8),
    )  # fmt: skip
    colour = alt.Color(
        "series:N", sort=names, scale=alt.Scale(domain=names, range=list(CHART_COLOURS[: len(names)])),
        legend=alt.Legend(title=None, orient="bottom") if len(names) > 1 else None,
    )  # fmt: skip
    base = alt.Chart(rows)
    if chart.kind == "line":
        drawn = base.mark_line(point=True).encode(x=axis, y=height, color=colour)
    elif chart.kind == "stacked":
        drawn = base.mark_bar().encode(x=axis, y=height, color=colour, order=alt.Order("series:N"))
    else:
        drawn = base.mark_bar().encode(x=axis, y=height, color=colour, xOffset=alt.XOffset("series:N", sort=names))
    figure = drawn.properties(width=_SIZE[0], height=_SIZE[1], title=chart.title).configure(font=font)
    return str(vl_convert.vegalite_to_svg(figure.to_dict(), allowed_base_urls=[]))
