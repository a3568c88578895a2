"""The model card: a page made from a release's facts, never by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import altair as alt
import polars as pl
import vl_convert

from models.visits import BY_LOT

_FONT = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, sans-serif"
_STYLE = (
    "body{font:16px/1.6 " + _FONT + ";max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "table{border-collapse:collapse;margin:.5rem 0 1.5rem;width:100%}"
    "th,td{border-bottom:1px solid #ccc;padding:.3rem .6rem;text-align:left;vertical-align:top}"
    "h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}.no{color:#a40000}.yes{color:#00602b}"
)
_KINDS = {"champion": "可加单调提升树", "scorecard": "评分卡", "floor": "收入与规则底线"}
_FIGURES = {
    "roc_auc": "ROC-AUC",
    "pr_auc": "PR-AUC",
    "recall_05": "前5%查出率",
    "recall_10": "前10%查出率",
    "recall_20": "前20%查出率",
    "precision_10": "前10%命中率",
    "listed_recall": "各乡镇名单查出率",
}
_USES = (
    "用途：安排入户走访的先后。不得据此认定、拒绝、停止任何帮扶；认定由政策规则和人决定。",
    "分值是基准日后第31天至第180天内发生下列任一情形的概率：经县级审批认定为监测对象；核实人均收入低于监测线；核实“两不愁三保障”及饮水安全出现问题。",
    "未被走访不等于没有风险。死亡、迁出和窗口内先得到帮扶的户按删失处理，不作为“无风险”。",
    "理由是信号，不是原因；各主题贡献相加等于对数几率与参照值之差。",
    "已知弱点：突发事故、无记录的变故无法预见；老年户主家庭查出率常偏低；政策调整后水平会偏，应先重新校准。",
    "民族、宗教、性别、确切年龄不进入评分，只用于公平性检查。",
)


def card_page(model_id: str, kind: str, facts: Mapping[str, Any]) -> str:
    """The card as one self-contained HTML page (Chinese), plots inline as SVG, nothing loaded from elsewhere."""
    body = card_body(model_id, kind, facts)
    return f"<!doctype html><html lang='zh-CN'><meta charset='utf-8'><title>{escape(model_id)}</title><style>{_STYLE}</style><body>{body}</body></html>"


def card_body(model_id: str, kind: str, facts: Mapping[str, Any]) -> str:
    """What stands on the card, as HTML that brings no style of its own."""
    parts = [f"<h1>评分模型说明：{escape(model_id)}</h1>", _list(_USES), _table("概况", _overview(kind, facts))]
    if "gate" in facts:
        passed = facts["gate"]["promoted"]
        verdict = "通过，可用于夜间评分" if passed else "未通过，夜间评分不使用"
        parts.append(f"<h2>评审：<span class='{'yes' if passed else 'no'}'>{verdict}</span></h2>")
        parts.append(_rows(("项目", "结果", "是否通过"), [
            (row["name"], row["found"], "是" if row["passed"] else "否") for row in facts["gate"]["criteria"]
        ]))  # fmt: skip
    if "figures" in facts:
        parts.append("<h2>检验结果（滚动起点，括号内为95%区间）</h2>")
        parts.append(_rows(("评分方法", *_FIGURES.values()), [
            (name, *(_interval(figures[figure]) for figure in _FIGURES)) for name, figures in facts["figures"].items()
        ]))  # fmt: skip
        parts += ["<h2>校准</h2>", reliability_plot(facts["reliability"])]
        parts += ["<h2>名单越长，查出越多</h2>", recall_plot(facts["recall_curve"])]
    if "recalibration" in facts:
        parts.append(_table("重新校准", _recalibration(facts["recalibration"])))
    if facts.get("visits"):
        parts.append("<h2>走访安排的核实结果</h2>")
        parts.append(_rows(("选取方式", "下发户次", "已核实", "属实", "推算名单以外的属实户"), [
            (row["why"], str(row["handed"]), str(row["answered"]), str(row["confirmed"]), f"{row['estimated_cases']:.0f}" if row["why"] == BY_LOT else "—")
            for row in facts["visits"]
        ]))  # fmt: skip
    if "themes" in facts:
        parts += ["<h2>各主题的作用（贡献的标准差）</h2>", theme_plot(facts["themes"])]
    if "slices" in facts:
        parts.append("<h2>分组与公平性</h2>")
        parts.append(_rows(("分组", "户次", "实际", "预期", "名单查出率", "与总体之比"), [
            (row["name"], str(row["rows"]), f"{row['observed']:.0f}", f"{row['expected']:.1f}", _share(row["recall"]), _share(row["relative"]))
            for row in facts["slices"]
        ]))  # fmt: skip
        parts.append(_list(facts["mitigation"] or ["没有需要采取补救措施的分组。"]))
    return "\n".join(parts)


def figure_lines(facts: Mapping[str, Any]) -> list[str]:
    """The judgement's figures with their 95% intervals, one line a way of scoring."""
    return [
        f"{name}：" + "，".join(f"{label} {_interval(values[figure])}" for figure, label in _FIGURES.items())
        for name, values in facts.get("figures", {}).items()
    ]


def reliability_plot(table: list[list[float]]) -> str:
    """Predicted against observed share by tenths, with the diagonal; an SVG."""
    frame = pl.DataFrame(table, schema=["预期", "实际", "户次"], orient="row")
    top = max(float(frame.select(pl.max_horizontal("预期", "实际")).max().item()), 0.01)
    diagonal = alt.Chart(pl.DataFrame({"x": [0.0, top], "y": [0.0, top]})).mark_line(strokeDash=[4, 4], color="#888")
    points = (
        alt.Chart(frame)
        .mark_line(point=True)
        .encode(alt.X("预期:Q", axis=alt.Axis(format="%")), alt.Y("实际:Q", axis=alt.Axis(format="%")))
    )
    return _svg(diagonal.encode(alt.X("x:Q", title="预期"), alt.Y("y:Q", title="实际")) + points)


def recall_plot(curve: Mapping[str, list[list[float]]]) -> str:
    """Share of cases found against share of households visited, a line a scorer; an SVG."""
    rows = [(name, share, recall) for name, points in curve.items() for share, recall in points]
    frame = pl.DataFrame(rows, schema=["方法", "走访比例", "查出率"], orient="row")
    return _svg(
        alt.Chart(frame)
        .mark_line()
        .encode(
            alt.X("走访比例:Q", axis=alt.Axis(format="%")),
            alt.Y("查出率:Q", axis=alt.Axis(format="%")),
            alt.Color("方法:N"),
            alt.StrokeDash("方法:N"),
        )
    )


def theme_plot(themes: Mapping[str, float]) -> str:
    """How much each theme moves the score; an SVG."""
    frame = pl.DataFrame({"主题": list(themes), "作用": list(themes.values())})
    return _svg(alt.Chart(frame).mark_bar().encode(alt.X("作用:Q"), alt.Y("主题:N", sort="-x")))


def _svg(chart: alt.TopLevelMixin) -> str:
    """A chart as SVG text."""
    content = {**chart.to_dict(), "width": 520, "height": 260, "config": {"font": _FONT}}
    return str(vl_convert.vegalite_to_svg(content))


def _overview(kind: str, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Name and value of what the release stands on."""
    shown = {
        "as_of": "训练日",
        "why": "说明",
        "label_version": "标签版本",
        "origins": "训练所用基准日",
        "tested_on": "检验所用基准日",
        "rows": "训练户次",
        "events": "训练中的不同事件数",
        "base_rate": "发生比例",
        "matrix_sha256": "训练数据散列",
        "code_version": "程序版本",
        "seed": "随机种子",
        "held_townships": "暂不用于训练的乡镇（核实结果明显偏离）",
    }
    rows = [("模型类别", _KINDS[kind])]
    for name, label in shown.items():
        if name in facts:
            value = facts[name]
            text = (
                "、".join(map(str, value))
                if isinstance(value, list)
                else f"{value:.4f}"
                if isinstance(value, float)
                else str(value)
            )
            rows.append((label, text or "无"))
    return rows


def _recalibration(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Name and value of what a recalibration changed."""
    return [
        ("由哪个模型校准", facts["model_id"]),
        ("到期结果", f"实际 {facts['observed']:.0f} 起，原预期 {facts['expected']:.1f} 起"),
        ("校准所用基准日", facts["origin"]),
        ("校准所用户次", f"{facts['rows']}，其中不同事件 {facts['events']} 起"),
        ("斜率", "由 {:.3f} 变为 {:.3f}".format(*facts["slope"])),
        ("截距", "由 {:.3f} 变为 {:.3f}".format(*facts["intercept"])),
    ]


def _table(title: str, rows: list[tuple[str, str]]) -> str:
    return f"<h2>{escape(title)}</h2>" + _rows(("项目", "内容"), rows)


def _rows(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows]
    return (
        "<table><tr>"
        + "".join(f"<th>{escape(cell)}</th>" for cell in head)
        + "</tr><tr>"
        + "</tr><tr>".join(lines)
        + "</tr></table>"
    )


def _list(lines: list[str] | tuple[str, ...]) -> str:
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def _interval(values: list[float]) -> str:
    """A figure with its 95% interval, as text."""
    return f"{values[0]:.3f} [{values[1]:.3f}, {values[2]:.3f}]"


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f}"
