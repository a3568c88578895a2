"""Charts as SVG inside the page: drawn here, so that no browser loads or runs anything for them."""

from __future__ import annotations

import json
from functools import lru_cache

import altair as alt
import polars as pl
import vl_convert

COLOURS = ("#1f5f7a", "#c4783a", "#5d8a4c", "#8a4f6d", "#b3a13b", "#6a7480")
_FONT = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, WenQuanYi Micro Hei, sans-serif"
_CONFIG = {
    "font": _FONT,
    "background": "transparent",
    "view": {"stroke": "transparent"},
    "axis": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelColor": "#4a555c",
        "titleColor": "#4a555c",
        "gridColor": "#e6e9ea",
        "domainColor": "#b8c0c4",
        "tickColor": "#b8c0c4",
        "labelLimit": 150,
    },
    "legend": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "orient": "top",
        "title": None,
        "labelLimit": 240,
        "columns": 5,
    },
    "range": {"category": list(COLOURS)},
    "bar": {"color": COLOURS[0]},
    "line": {"strokeWidth": 2},
}


def svg(chart: alt.TopLevelMixin, width: int = 640, height: int = 260) -> str:
    """A chart as SVG text."""
    content = chart.to_dict()
    content |= {"width": width, "height": height, "config": _CONFIG}
    return _drawn(json.dumps(content, ensure_ascii=False, sort_keys=True, default=str))


@lru_cache(maxsize=256)  # the same night draws the same charts for everybody who may see them
def _drawn(specification: str) -> str:
    return str(vl_convert.vegalite_to_svg(specification))


def trend(rows: pl.DataFrame, value: str, title: str) -> str:
    """Lines over months, as wide as a page: columns 月份 (date), 类别 and `value`."""
    return svg(
        alt.Chart(rows)
        .mark_line(point=True)
        .encode(
            alt.X("yearmonth(月份):T", title=None, axis=alt.Axis(format="%Y-%m", labelOverlap=True)),
            alt.Y(f"{value}:Q", title=title),
            alt.Color(
                "类别:N",
                scale=alt.Scale(scheme="tableau20") if rows["类别"].n_unique() > len(COLOURS) else alt.Undefined,
            ),
        ),
        width=860,
    )


def bars(rows: pl.DataFrame, value: str, name: str, title: str) -> str:
    """One bar a row, longest first: columns `name` and `value`."""
    return svg(
        alt.Chart(rows).mark_bar().encode(alt.X(f"{value}:Q", title=title), alt.Y(f"{name}:N", sort="-x", title=None)),
        height=max(80, 30 * rows.height),
    )
