"""One household: its warning, its whole sum, what would change it, its risk and its story. Every opening is recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from pipelines.errors import MistakeError
from pipelines.explain.bill import Bill, Section, Table, write_bill
from pipelines.explain.facts import HouseholdFacts, read_facts
from pipelines.serve.access import SEES_HOUSEHOLDS
from pipelines.serve.nights import Desk, Row
from pipelines.serve.pages.page import Asked, Page, Shown

_ORDER = ("预警", "认定", "应办事项", "标准线", "两种口径", "各项收支", "家庭成员", "资料情况", "风险评分")


def household_bill(asked: Asked) -> tuple[HouseholdFacts, Bill]:
    """The facts and the sum of the household that the address names.

    Raises MistakeError for one that is not there or not the user's: the two look the same from outside.
    """
    if not asked.place:
        raise MistakeError("请先选定一户。")
    facts = read_facts(asked.desk.connection, asked.place)
    return facts, write_bill(facts)


def timeline(desk: Desk, facts: HouseholdFacts) -> list[tuple[date, str, str]]:
    """What happened to the household, newest first: day, what, and what came of it."""
    number = facts.household["household_no"]
    events: list[tuple[date | None, str, str]] = [(facts.household["lifted_on"], "脱贫", "")]
    for row in desk.rows(
        "SELECT identified_on, monitor_class FROM fct_monitored_household WHERE household_no = $no", no=number
    ):
        events.append((row["identified_on"], "识别为监测对象", row["monitor_class"] or ""))
    for row in desk.rows("SELECT * FROM fct_case WHERE household_no = $no", no=number):
        told = f"{row['purpose']}程序：{row['step']}"
        outcome = row["outcome"] or ("进行中" if row["ended_on"] is None else "")
        events.append((row["ended_on"] or row["started_on"], told, outcome))
    for row in facts.warnings:
        events += [
            (row["issued_on"], f"预警 {row['warning_no']} 发出", row["reason_text"] or ""),
            (row["due_on"], "预警核实期限", row["status"] or ""),
            (row["verified_on"], "乡镇核实", row["verdict"] or ""),
            (row["silent_until"], "静默截止", ""),
            (row["closed_on"], "预警关闭", ""),
        ]
    dated = [(day, told, outcome) for day, told, outcome in events if day is not None]
    return sorted(dated, key=lambda event: event[0], reverse=True)


def _meter(facts: HouseholdFacts) -> dict[str, Any] | None:
    """The household's income beside its watch line, as shares of the larger of twice the line and the income."""
    income, line = facts.income["disposable_income_per_capita_yuan"], facts.income["watch_line_yuan_per_year"]
    if line is None or facts.income["income_status"] == "待定":
        return None
    scale = max(income, 2 * line)
    return {"income": round(max(0, 100 * income / scale)), "line": round(100 * line / scale), "is_below": income < line}


def risk_reasons(desk: Desk, facts: HouseholdFacts) -> list[Row]:
    """Why the household's score is what it is, the weightiest first."""
    return desk.rows(
        "SELECT theme, text, contribution, data_as_of FROM fct_risk_reason WHERE household_no = $no ORDER BY rank",
        no=facts.household["household_no"],
    )


def whole_bill(asked: Asked) -> Bill:
    """The household's sum with its risk reasons and its story as two more sections, for the workbook."""
    facts, bill = household_bill(asked)
    reasons = tuple(
        (row["theme"], row["text"], f"{row['contribution']:+.2f}", str(row["data_as_of"] or ""))
        for row in risk_reasons(asked.desk, facts)
    )
    story = tuple((day.isoformat(), told, outcome) for day, told, outcome in timeline(asked.desk, facts))
    further = (
        Section("风险理由", tables=(Table(("主题", "理由", "对风险的影响", "数据到"), reasons, frozenset({2})),)),
        Section("经过", tables=(Table(("日期", "事项", "结果"), story),)),
    )
    return replace(bill, sections=(*bill.sections, *(part for part in further if part.tables[0].rows)))


def _place(section: Section) -> int:
    """Where a section stands on the page: what calls for action first, then the sums."""
    return next((place for place, start in enumerate(_ORDER) if section.title.startswith(start)), len(_ORDER))


def show(asked: Asked) -> Shown:
    """The household that the address names."""
    facts, bill = household_bill(asked)
    return Shown(
        facts={
            "facts": facts,
            "bill": bill,
            "sections": sorted(bill.sections, key=_place),
            "meter": _meter(facts),
            "reasons": risk_reasons(asked.desk, facts),
            "timeline": timeline(asked.desk, facts),
        }
    )


PAGE = Page("household", "", SEES_HOUSEHOLDS, show)
