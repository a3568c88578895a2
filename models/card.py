"""The model card: a page made from a release's facts, never by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
USES = (
    "用途：安排入户走访的先后。不得据此认定、拒绝、停止任何帮扶；认定由政策规则和人决定。",
    "分值是基准日后第31天至第180天内发生下列任一情形的概率：经县级审批认定为监测对象；核实人均收入低于监测线；核实“两不愁三保障”及饮水安全出现问题。",
    "未被走访不等于没有风险。死亡、迁出和窗口内先得到帮扶的户按删失处理，不作为“无风险”。",
    "理由是信号，不是原因；各主题贡献相加等于对数几率与参照值之差。",
    "已知弱点：突发事故、无记录的变故无法预见；老年户主家庭查出率常偏低；政策调整后水平会偏，应先重新校准。",
    "民族、宗教、性别、确切年龄不进入评分，只用于公平性检查。",
)

GATE, SLICES = "评审", "分组与公平性"
PASSED, NOT_PASSED = "评审通过，可用于夜间评分。", "评审未通过，夜间评分不使用。"
_OWN = "本模型"  # as models.rolling calls the scorer judged; that module would bring the learner along
_LIFTS = (0.02, 0.06, 0.1, 0.2, 0.3, 0.5)  # of the points of the recall curve, those told as figures


@dataclass(frozen=True)
class CardTable:
    """One table of a card: title, headers and rows of text, all Chinese."""

    title: str
    headers: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def card_page(model_id: str, kind: str, facts: Mapping[str, Any]) -> str:
    """The card as one self-contained HTML page (Chinese), plots inline as SVG, nothing loaded from elsewhere."""
    parts = [f"<h1>评分模型说明：{escape(model_id)}</h1>", _list(USES)]
    for table in card_tables(kind, facts):
        parts += [f"<h2>{escape(table.title)}</h2>", _html(table)]
        if table.title == GATE:
            tone, told = ("yes", PASSED) if facts["gate"]["promoted"] else ("no", NOT_PASSED)
            parts.append(f"<p class='{tone}'>{told}</p>")
        if table.title == SLICES:
            parts.append(_list(slice_notes(facts)))
    for title, chart in card_charts(facts).items():
        parts += [f"<h2>{escape(title)}</h2>", _svg(chart)]
    body = "\n".join(parts)
    return f"<!doctype html><html lang='zh-CN'><meta charset='utf-8'><title>{escape(model_id)}</title><style>{_STYLE}</style><body>{body}</body></html>"


def card_tables(kind: str, facts: Mapping[str, Any]) -> list[CardTable]:
    """What is known of a release as tables; a floor has only the first."""
    tables = [CardTable("概况", ("项目", "内容"), _overview(kind, facts))]
    if "gate" in facts:
        rows = [(row["name"], row["found"], "是" if row["passed"] else "否") for row in facts["gate"]["criteria"]]
        tables.append(CardTable(GATE, ("项目", "结果", "是否通过"), rows))
    if "figures" in facts:
        found = [(name, *(_interval(of[figure]) for figure in _FIGURES)) for name, of in _own_first(facts["figures"])]
        tables.append(CardTable("检验结果（滚动起点，括号内为95%区间）", ("评分方法", *_FIGURES.values()), found))
        tables.append(CardTable("校准：十等分", ("预期", "实际", "户次"), [
            (f"{expected:.2%}", f"{observed:.2%}", f"{rows:,.0f}") for expected, observed, rows in facts["reliability"]
        ]))  # fmt: skip
        tables.append(CardTable("提升：按评分走访前若干比例，查出率是随机走访的几倍", ("评分方法", "走访比例", "查出率", "倍数"), [
            (name, f"{share:.0%}", f"{recall:.1%}", f"{recall / share:.2f}")
            for name, points in _own_first(facts["recall_curve"])
            for share, recall in points
            if share in _LIFTS
        ]))  # fmt: skip
    if "recalibration" in facts:
        tables.append(CardTable("重新校准", ("项目", "内容"), _recalibration(facts["recalibration"])))
    if facts.get("visits"):
        tables.append(CardTable("走访安排的核实结果", ("选取方式", "下发户次", "已核实", "属实", "推算名单以外的属实户"), [
            (row["why"], str(row["handed"]), str(row["answered"]), str(row["confirmed"]), f"{row['estimated_cases']:.0f}" if row["why"] == BY_LOT else "—")
            for row in facts["visits"]
        ]))  # fmt: skip
    if "slices" in facts:
        tables.append(CardTable(SLICES, ("分组", "户次", "实际", "预期", "名单查出率", "与总体之比"), [
            (row["name"], str(row["rows"]), f"{row['observed']:.0f}", f"{row['expected']:.1f}", _share(row["recall"]), _share(row["relative"]))
            for row in facts["slices"]
        ]))  # fmt: skip
    return tables


def _own_first(by_method: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What was found by method, this scorer's before the others'."""
    return sorted(by_method.items(), key=lambda found: found[0] != _OWN)


def card_charts(facts: Mapping[str, Any]) -> dict[str, alt.TopLevelMixin]:
    """The plots of a release by Chinese title; a floor has none."""
    charts: dict[str, alt.TopLevelMixin] = {}
    if "figures" in facts:
        charts["校准"] = _reliability(facts["reliability"])
        charts["名单越长，查出越多"] = _recall(facts["recall_curve"])
    if "themes" in facts:
        charts["各主题的作用（贡献的标准差）"] = _themes(facts["themes"])
    return charts


def slice_notes(facts: Mapping[str, Any]) -> list[str]:
    """What is done where a group is found less often."""
    return list(facts["mitigation"]) or ["没有需要采取补救措施的分组。"]


def figure_lines(facts: Mapping[str, Any]) -> list[str]:
    """The judgement's figures with their 95% intervals, one line a way of scoring."""
    return [
        f"{name}：" + "，".join(f"{label} {_interval(values[figure])}" for figure, label in _FIGURES.items())
        for name, values in facts.get("figures", {}).items()
    ]


def _reliability(table: list[list[float]]) -> alt.TopLevelMixin:
    """Predicted against observed share by tenths, with the diagonal."""
    frame = pl.DataFrame(table, schema=["预期", "实际", "户次"], orient="row")
    top = max(float(frame.select(pl.max_horizontal("预期", "实际")).max().item()), 0.01)
    diagonal = alt.Chart(pl.DataFrame({"预期": [0.0, top], "实际": [0.0, top]})).mark_line(
        strokeDash=[4, 4], color="#888"
    )
    points = (
        alt.Chart(frame)
        .mark_line(point=True)
        .encode(alt.X("预期:Q", axis=alt.Axis(format="%")), alt.Y("实际:Q", axis=alt.Axis(format="%")))
    )
    layers: alt.TopLevelMixin = diagonal.encode(x="预期:Q", y="实际:Q") + points
    return layers


def _recall(curve: Mapping[str, list[list[float]]]) -> alt.TopLevelMixin:
    """Share of cases found against share of households visited, a line a scorer."""
    rows = [(name, share, recall) for name, points in curve.items() for share, recall in points]
    frame = pl.DataFrame(rows, schema=["方法", "走访比例", "查出率"], orient="row")
    lines: alt.TopLevelMixin = (
        alt.Chart(frame)
        .mark_line()
        .encode(
            alt.X("走访比例:Q", axis=alt.Axis(format="%")),
            alt.Y("查出率:Q", axis=alt.Axis(format="%")),
            alt.Color("方法:N"),
            alt.StrokeDash("方法:N"),
        )
    )
    return lines


def _themes(themes: Mapping[str, float]) -> alt.TopLevelMixin:
    """How much each theme moves the score."""
    frame = pl.DataFrame({"主题": list(themes), "作用": list(themes.values())})
    bars: alt.TopLevelMixin = alt.Chart(frame).mark_bar().encode(alt.X("作用:Q"), alt.Y("主题:N", sort="-x"))
    return bars


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


def _html(table: CardTable) -> str:
    lines = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in table.rows]
    return (
        "<table><tr>"
        + "".join(f"<th>{escape(cell)}</th>" for cell in table.headers)
        + "</tr><tr>"
        + "</tr><tr>".join(lines)
        + "</tr></table>"
    )


def _list(lines: list[str] | tuple[str, ...]) -> str:
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def _interval(values: list[float]) -> str:
    return f"{values[0]:.3f} [{values[1]:.3f}, {values[2]:.3f}]"


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f}"
