"""The county officer's handbook: every clause in our words, its rule, the parameters in force, an example that is in and one that is out.

`python -m pipelines.handbook` writes docs/handbook.zh-CN.md from the seeds of the dbt project and the worked cases.
"""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from pipelines.settings import PROJECT

HANDBOOK = PROJECT / "docs" / "handbook.zh-CN.md"
POLICY = PROJECT / "dbt_project" / "seeds" / "policy"
CASES = PROJECT / "tests" / "cases"

_KINDS = {
    "class": "认定", "gap": "缺口", "entitlement": "应得", "deadline": "时限", "conflict": "矛盾", "coverage": "覆盖", "exit": "退出",
    "list": "名单", "feed": "互送",
}  # fmt: skip
_WORDS = {"larger": "取大的一方", "recorded": "只用部门记录", "declared": "只用入户申报"}
_SIDES = {"in": "在内", "out": "不在内"}
_UNITS = {
    "times": "倍", "yuan": "元", "yuan/head": "元/人", "yuan/head/month": "元/人·月", "yuan/year": "元/年",
    "yuan/month": "元/月", "months": "个月", "days": "天", "working days": "个工作日", "hours": "小时", "years": "周岁", "year": "年",
    "visits": "次", "month": "月", "offers": "条", "workers": "人", "yes": "（1 为是）", "day of month": "日", "month ends": "个月末",
    "homes": "套", "years of dibao": "年低保金", "larger|recorded|declared": "",
}  # fmt: skip


@dataclass(frozen=True)
class Policy:
    """What the handbook is made of.

    documents, clauses, parameters and steps are rows of the seeds of those names, in their order; labels are parameters'
    Chinese names by clause and parameter; cases are the worked cases by clause, each with `side` (in or out) and `story`.
    """

    documents: list[dict[str, str]]
    clauses: list[dict[str, str]]
    parameters: list[dict[str, str]]
    steps: list[dict[str, str]]
    labels: dict[tuple[str, str], str]
    cases: dict[str, list[dict[str, Any]]]

    def in_force_from(self, clause: str) -> str:
        """First day (ISO) on which the clause's document holds; "" for a clause of no document, which has always held."""
        return {row["document"]: row["in_force_from"] for row in self.documents}.get(
            clause.split("-", maxsplit=1)[0], ""
        )


def read_policy(policy: Path = POLICY, cases: Path = CASES) -> Policy:
    """Read the seeds under `policy` and the case files under `cases`; raises OSError where one is missing."""
    by_clause: dict[str, list[dict[str, Any]]] = {}
    for file in sorted(cases.glob("*.yml")):
        for case in yaml.safe_load(file.read_text(encoding="utf-8"))["cases"]:
            by_clause.setdefault(case["clause"], []).append(case)
    return Policy(
        documents=_seed(policy / "document.csv"),
        clauses=_seed(policy / "clause.csv"),
        parameters=_seed(policy / "parameter.csv"),
        steps=_seed(policy / "procedure_step.csv"),
        labels={(row["clause"], row["parameter"]): row["label"] for row in _seed(policy / "parameter_label.csv")},
        cases=by_clause,
    )


def render(policy: Policy) -> str:
    """The whole handbook as Markdown."""
    parts = [
        "# 守望政策手册",
        "本手册由政策条款、参数和样例户自动生成，每一个样例都在测试中用真实的计算程序核算过。"
        "参数是随产品提供的数值；本县在 `policy/parameters.csv` 里另行规定的，以本县为准。",
        "\n".join(
            f"- {row['document']}　{row['title']}（{row['number']}，{row['county']}）" for row in policy.documents
        ),
    ]
    for document in policy.documents:
        parts += _document(document, policy)
    named = {clause["clause"] for clause in policy.clauses}
    parts += [
        "## 通用参数",
        "不属于某一文件条款、所有县通用的参数；怎样使用，见[守望口径说明](reckoning.zh-CN.md)。",
        _numbers([row for row in policy.parameters if row["clause"] not in named], policy),
    ]
    return "\n\n".join(parts) + "\n"


def _document(document: dict[str, str], policy: Policy) -> list[str]:
    """One document: its head, its procedure where it has one, its clauses."""
    until = document["in_force_to"] or "今"
    parts = [
        f"## {document['document']}　{document['title']}",
        f"文号：{document['number']}。适用：{document['county']}（{document['region_code']}）。"
        f"有效期：{document['in_force_from']} 至 {until}。",
    ]
    steps = [row["label"] for row in policy.steps if row["document"] == document["document"]]
    if steps:
        parts.append("认定和退出程序：" + " → ".join(steps) + "。")
    for clause in policy.clauses:
        if clause["document"] == document["document"]:
            parts += _clause(clause, policy)
    return parts


def _clause(clause: dict[str, str], policy: Policy) -> list[str]:
    """One clause: what it asks, what carries it out, its numbers, its examples."""
    rules = "、".join(f"{_KINDS[rule.split('_')[0]]} `{rule}`" for rule in clause["rules"].split(";"))
    parts = [f"### {clause['clause']}　{clause['title']}", clause["asks"], f"落实规则：{rules}"]
    numbers = [row for row in policy.parameters if row["clause"] == clause["clause"]]
    if numbers:
        parts.append(_numbers(numbers, policy))
    examples = sorted(policy.cases.get(clause["clause"], []), key=lambda case: case["side"] != "in")
    parts.append("\n".join(f"- **{_SIDES[case['side']]}**：{case['story']}{_figures(case)}" for case in examples))
    return parts


def stated_value(value: str, unit: str) -> str:
    """A parameter's value with its unit as an officer says it: 0.3 share is 30%."""
    if unit == "share":
        return f"{Decimal(value) * 100:.10g}%"
    return f"{_WORDS.get(value, value)} {_UNITS.get(unit, unit)}".rstrip()


def _numbers(rows: list[dict[str, str]], policy: Policy) -> str:
    """Parameters as a table."""
    return "\n".join(["| 参数 | 数值 | 起止 | 依据 |", "|---|---|---|---|", *(_number(row, policy) for row in rows)])


def _number(row: dict[str, str], policy: Policy) -> str:
    """One parameter as a row of a table; it holds no earlier than its clause's document does."""
    label = policy.labels.get((row["clause"], row["parameter"]), row["parameter"])
    since = max(row["effective_from"], policy.in_force_from(row["clause"]))
    value = stated_value(row["value"], row["unit"])
    return f"| {label} | {value} | {since} 至 {row['effective_to'] or '今'} | {row['reference']} |"


def _seed(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _figures(case: dict[str, Any]) -> str:
    """The figures that the test holds the example to."""
    said = [_result(expected) for expected in case["expect"] if not expected.get("none")]
    return f"（结果：{'；'.join(said)}）" if said else "（结果：没有这一条）"


def _result(expected: dict[str, Any]) -> str:
    named = {"measured": "指标", "threshold": "标准", "amount_due": "应给", "due_on": "期限"}
    figures = [f"{word} {_figure(expected[name])}" for name, word in named.items() if name in expected]
    return "，".join(
        [str(expected.get("subject") or f"列入{_KINDS.get(expected['rule'].split('_')[0], '预警')}"), *figures]
    )


def _figure(value: float | int | str | date) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def main() -> None:
    """Write the handbook, and say in Chinese where it is."""
    HANDBOOK.parent.mkdir(parents=True, exist_ok=True)
    HANDBOOK.write_text(render(read_policy()), encoding="utf-8")
    sys.stdout.write(f"手册已写到 {HANDBOOK}\n")


if __name__ == "__main__":
    main()
