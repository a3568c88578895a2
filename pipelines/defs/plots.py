"""Plots for the asset page: SVG inside the metadata, so that nothing is fetched from anywhere."""

from __future__ import annotations

import base64
from collections.abc import Iterable

import altair as alt
import dagster as dg
import polars as pl
import vl_convert


def bar_chart(rows: Iterable[tuple[str, int]], label: str, unit: str) -> dg.MetadataValue:
    """Horizontal bars of summed amounts by label, largest first, as a picture in Markdown."""
    frame = pl.DataFrame(list(rows), schema={label: pl.String, unit: pl.Int64}, orient="row")
    totals = frame.group_by(label).agg(pl.col(unit).sum()).sort(unit, label, descending=[True, False])
    chart = (
        alt.Chart(totals)
        .mark_bar(color="#8c2d19")
        .encode(x=alt.X(f"{unit}:Q", title=unit), y=alt.Y(f"{label}:N", sort="-x", title=None))
        .properties(width=420)
        .configure(font="Noto Sans CJK SC, sans-serif")
    )
    svg = vl_convert.vegalite_to_svg(chart.to_dict(), allowed_base_urls=[])
    picture = base64.b64encode(svg.encode()).decode()
    return dg.MetadataValue.md(f"![{label}](data:image/svg+xml;base64,{picture})")
