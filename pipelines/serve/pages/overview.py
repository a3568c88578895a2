"""总览: who is where, how it has moved, which townships stand out, and which reports are late."""

from __future__ import annotations

from typing import Any

import polars as pl

from pipelines.deliver.paper import PaperColumn
from pipelines.serve import charts
from pipelines.serve.listing import Listing
from pipelines.serve.pages.page import EVERYBODY, Asked, Page, Shown
from pipelines.serve.pages.words import with_document_numbers
from pipelines.serve.reports_due import late_forms
from pipelines.serve.trend import MONTHS, WORKED_OUT
from pipelines.warehouse.month_ends import MEASURES

_FIGURES = """
    SELECT
        count(*) AS households,
        coalesce(sum(incomes.members), 0)::BIGINT AS people,
        count(*) FILTER (incomes.income_status = '待定') AS undecided,
        count(*) FILTER (incomes.income_status <> '待定'
            AND incomes.disposable_income_per_capita_yuan < incomes.watch_line_yuan_per_year) AS below,
        coalesce(sum(incomes.members) FILTER (incomes.income_status <> '待定'
            AND incomes.disposable_income_per_capita_yuan < incomes.watch_line_yuan_per_year), 0)::BIGINT AS below_people,
        count(*) FILTER (homes.is_monitored) AS monitored,
        coalesce(sum(homes.members) FILTER (homes.is_monitored), 0)::BIGINT AS monitored_people
    FROM fct_household_income AS incomes
    JOIN dim_household AS homes USING (household_no)
"""
_WARNINGS = """
    SELECT
        count(*) FILTER (status IN ('待核实', '逾期未核实')) AS waiting,
        count(*) FILTER (status = '逾期未核实') AS overdue
    FROM fct_warning
"""
_CLASSES = """
    SELECT places.document, places.class_name, count(*) AS households, sum(homes.members)::BIGINT AS people
    FROM (SELECT DISTINCT household_no, document, class_name FROM fct_household_class) AS places
    JOIN dim_household AS homes USING (household_no)
    GROUP BY ALL
    ORDER BY places.document, households DESC, places.class_name
"""
# Place by place; $by_village says whether a place is a village (a township's own page) or a township.
_PLACES = """
    SELECT
        CASE WHEN $by_village THEN homes.village ELSE homes.township END AS place,
        count(*) AS households,
        sum(homes.members)::BIGINT AS people,
        count(*) FILTER (incomes.income_status <> '待定'
            AND incomes.disposable_income_per_capita_yuan < incomes.watch_line_yuan_per_year) AS below,
        count(*) FILTER (homes.is_monitored) AS monitored,
        count(*) FILTER (warnings.status IN ('待核实', '逾期未核实')) AS waiting,
        count(*) FILTER (warnings.status = '逾期未核实') AS overdue,
        count(*) FILTER (incomes.income_status = '待定') AS undecided
    FROM dim_household AS homes
    JOIN fct_household_income AS incomes USING (household_no)
    LEFT JOIN fct_warning AS warnings USING (household_no)
    GROUP BY ALL
    ORDER BY min(homes.region_code), place
"""
_MEASURES = (
    ("below", "低于监测标准"),
    ("monitored", "在册监测对象"),
    ("waiting", "待核实预警"),
    ("overdue", "逾期未核实"),
    ("undecided", "收入待定"),
)
_STEPS = 5


def heat(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each place with, per measure, its count, its share of the place's households in percent, and a step of colour.

    The step places a share between the smallest and the largest of all places: 1 to 5, and 0 for none at all.
    """
    shares = {name: [row[name] / row["households"] for row in rows] for name, _ in _MEASURES}
    return [
        {
            "place": row["place"] or "（未填）",
            "households": row["households"],
            "people": row["people"],
            "cells": [
                {
                    "count": row[name],
                    "share": f"{100 * shares[name][index]:.1f}%",
                    "step": _step(shares[name][index], shares[name]),
                }
                for name, _ in _MEASURES
            ],
        }
        for index, row in enumerate(rows)
    ]


def _step(share: float, shares: list[float]) -> int:
    low, high = min(shares), max(shares)
    return 0 if share == 0 else 1 + round((_STEPS - 1) * (share - low) / (high - low)) if high > low else 1


def _trends(past: pl.DataFrame) -> list[str]:
    """The lines of what every county counts, and of its classes; each once there are two months."""
    is_measure = pl.col("类别").is_in(MEASURES)
    parts = (past.filter(is_measure), past.filter(~is_measure))
    return [charts.trend(part, "户数", "户数") for part in parts if part["月份"].n_unique() > 1]


def show(asked: Asked) -> Shown:
    """The county as a whole, or the user's own township."""
    desk = asked.desk
    by_village = asked.user.role == "township"
    place = "村（社区）" if by_village else "乡镇"
    past = asked.trend.frame(asked.user)
    return Shown(
        facts={
            "figures": desk.one(_FIGURES) | desk.one(_WARNINGS),
            "watch": desk.rows(
                "SELECT watch_line AS name, watch_line_yuan_per_year AS amount, count(*) AS n"
                " FROM fct_household_income WHERE watch_line IS NOT NULL GROUP BY ALL ORDER BY n DESC LIMIT 1"
            ),
            "months": past["月份"].n_unique(),
            "worked_out": past.filter(pl.col("来源") == WORKED_OUT)["月份"].n_unique(),
            "most_months": MONTHS,
            "trends": _trends(past),
            "measures": [label for _, label in _MEASURES],
            "heat": heat(desk.rows(_PLACES, by_village=by_village)),
            "place": place,
        },
        listings=(
            Listing(
                "classes", "各类别户数和人数",
                (
                    PaperColumn("document", "文号", 20, "left"),
                    PaperColumn("class_name", "类别", 24, "left"),
                    PaperColumn("households", "户数", 12, "right"),
                    PaperColumn("people", "人数", 12, "right"),
                ),
                _CLASSES, shape=with_document_numbers,
            ),
            Listing(
                "places", f"各{place}情况",
                (
                    PaperColumn("place", place, 16),
                    PaperColumn("households", "户数", 10, "right"),
                    PaperColumn("people", "人数", 10, "right"),
                    *(PaperColumn(name, f"{label}户", 14, "right") for name, label in _MEASURES),
                ),
                _PLACES, {"by_village": by_village},
            ),
            Listing(
                "months", "历月户数和人数",
                (
                    PaperColumn("月份", "基准日", 16),
                    PaperColumn("类别", "类别", 24, "left"),
                    PaperColumn("户数", "户数", 12, "right"),
                    PaperColumn("人数", "人数", 12, "right"),
                    PaperColumn("来源", "来源", 10),
                ),
                rows=past.sort("月份", "类别", descending=[True, False]),
            ),
            Listing(
                "late", "未到的报表",
                (
                    PaperColumn("label", "报表", 26, "left"),
                    PaperColumn("department", "部门", 16),
                    PaperColumn("state", "状态", 12),
                    PaperColumn("due_on", "截止日", 14),
                ),
                rows=late_forms(asked.county, desk), measure="份", marks=("state",),
            ),
        ),
    )  # fmt: skip


PAGE = Page("overview", "总览", EVERYBODY, show)
