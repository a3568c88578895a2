"""How charts of all notebooks look: Chinese fonts that a machine may have, and one set of colours."""

import altair as alt

FONT = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, WenQuanYi Micro Hei, sans-serif"
COLOURS = ["#2f6f8f", "#8fb339", "#d9a441", "#b5544d", "#6b5b95"]


@alt.theme.register("shouwang", enable=True)
def shouwang_theme() -> alt.theme.ThemeConfig:
    """The theme; importing this module switches it on."""
    return alt.theme.ThemeConfig(
        {
            "config": {
                "font": FONT,
                "axis": {"labelFontSize": 12, "titleFontSize": 12, "labelLimit": 200},
                "legend": {"labelFontSize": 12, "titleFontSize": 12},
                "title": {"fontSize": 14, "anchor": "start"},
                "range": {"category": COLOURS},
                "view": {"continuousWidth": 620, "continuousHeight": 300},
            }
        }
    )
