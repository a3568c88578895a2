"""农户: finding households by place, income, class and risk."""

from __future__ import annotations

from pipelines.deliver.paper import PaperColumn
from pipelines.serve.access import SEES_HOUSEHOLDS
from pipelines.serve.listing import Listing
from pipelines.serve.pages.page import Asked, Page, Shown
from pipelines.serve.pages.words import PLACE, townships

_LIST = """
    SELECT
        homes.household_no, homes.township, homes.village, homes.members, incomes.income_status,
        incomes.disposable_income_per_capita_yuan AS disposable,
        incomes.assessed_income_per_capita_yuan AS assessed,
        CASE WHEN incomes.income_status <> '待定'
            THEN incomes.disposable_income_per_capita_yuan - incomes.watch_line_yuan_per_year END AS distance,
        classes.names AS classes, homes.is_monitored, scores.band, scores.rank_in_county
    FROM dim_household AS homes
    JOIN fct_household_income AS incomes USING (household_no)
    LEFT JOIN fct_risk_score AS scores USING (household_no)
    LEFT JOIN (
        SELECT household_no, string_agg(DISTINCT class_name, '、' ORDER BY class_name) AS names
        FROM fct_household_class GROUP BY household_no
    ) AS classes USING (household_no)
    WHERE ($number = '' OR starts_with(homes.household_no, $number))
        AND ($township = '' OR homes.township_code = $township)
        AND ($village = '' OR contains(homes.village, $village))
        AND ($status = '' OR incomes.income_status = $status)
        AND ($band = '' OR scores.band = $band)
        AND ($class = '' OR homes.household_no IN (SELECT household_no FROM fct_household_class WHERE class_name = $class))
        AND ($near = '' OR abs(incomes.disposable_income_per_capita_yuan - incomes.watch_line_yuan_per_year) * 100
            <= incomes.watch_line_yuan_per_year * try_cast($near AS INTEGER))
    ORDER BY scores.rank_in_county NULLS LAST, homes.household_no
"""
_FILTERS = ("number", "township", "village", "status", "band", "class", "near")


def show(asked: Asked) -> Shown:
    """The households that fit the choices, those of highest risk first."""
    chosen = {name: asked.choice(name) for name in _FILTERS}
    return Shown(
        facts={
            "chosen": chosen,
            "townships": townships(asked.desk),
            "classes": [
                row["class_name"]
                for row in asked.desk.rows("SELECT DISTINCT class_name FROM fct_household_class ORDER BY 1")
            ],
        },
        listings=(
            Listing(
                "list", "农户",
                (
                    *PLACE,
                    PaperColumn("members", "人口", 7, "right"),
                    PaperColumn("income_status", "收入资料", 10),
                    PaperColumn("disposable", "人均可支配收入", 15, "right"),
                    PaperColumn("assessed", "人均核算收入", 15, "right"),
                    PaperColumn("distance", "距监测标准", 14, "right"),
                    PaperColumn("classes", "认定类别", 24, "left"),
                    PaperColumn("is_monitored", "监测对象", 10),
                    PaperColumn("band", "风险", 8),
                    PaperColumn("rank_in_county", "全县位次", 10, "right"),
                ),
                _LIST, dict(chosen), measure="人、元/人·年", opens="household_no", marks=("band",),
            ),
        ),
    )  # fmt: skip


PAGE = Page("households", "农户", SEES_HOUSEHOLDS, show)
