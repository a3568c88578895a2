"""监测与退出: the monitored register, and for each household what leaving it still wants."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipelines.deliver.exit_report import unmet_words
from pipelines.deliver.paper import PaperColumn
from pipelines.serve.listing import Listing
from pipelines.serve.pages.page import EVERYBODY, Asked, Page, Shown
from pipelines.serve.pages.words import PLACE, townships, with_document_numbers

_LIST = """
    SELECT household_no, township, village, members, monitor_class, identified_on, main_cause, is_monitored,
        CASE exit_candidate WHEN 'yes' THEN '可按程序退出' WHEN 'no' THEN '继续监测' ELSE exit_candidate END AS verdict,
        unmet
    FROM fct_monitored_household
    WHERE ($township = '' OR township_code = $township)
        AND ($class = '' OR monitor_class = $class)
        AND ($verdict = '' OR exit_candidate = $verdict)
        AND ($all = 'yes' OR is_monitored)
    ORDER BY CASE exit_candidate WHEN 'yes' THEN 1 WHEN 'no' THEN 2 ELSE 3 END, township_code, village, household_no
"""
_SUMMARY = """
    SELECT {by} AS name, count(*) AS households, sum(members)::BIGINT AS people,
        count(*) FILTER (exit_candidate = 'yes') AS candidates
    FROM fct_monitored_household WHERE is_monitored GROUP BY ALL ORDER BY households DESC, name
"""
_UNMET = """
    SELECT unmet AS name, count(*) AS households
    FROM (SELECT unnest(string_split(unmet, ';')) AS unmet FROM fct_monitored_household WHERE is_monitored AND unmet <> '')
    GROUP BY ALL ORDER BY households DESC
"""
_FADING = """
    SELECT fade.household_no, homes.township, homes.village, fade.document, fade.began_on, fade.first_month,
        fade.last_month, fade.is_extended
    FROM fct_fade_out AS fade JOIN dim_household AS homes USING (household_no)
    ORDER BY fade.last_month, fade.household_no
"""
_GROUPS = {
    "class": ("monitor_class", "监测类别"),
    "cause": ("main_cause", "主要风险"),
    "township": ("township", "乡镇"),
}
_FILTERS = ("township", "class", "verdict", "all")


def _in_words(column: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """The change that puts words in the place of a column's codes of unmet conditions."""
    return lambda rows: rows.with_columns(unmet_words(pl.col(column)).alias(column))


def _summary(name: str) -> Listing:
    by, label = _GROUPS[name]
    return Listing(
        name, f"按{label}",
        (
            PaperColumn("name", label, 20, "left"),
            PaperColumn("households", "户数", 10, "right"),
            PaperColumn("people", "人数", 10, "right"),
            PaperColumn("candidates", "可退出户", 11, "right"),
        ),
        _SUMMARY.format(by=by),
    )  # fmt: skip


def _register(chosen: dict[str, str]) -> Listing:
    return Listing(
        "list", "监测台账和退出条件",
        (
            *PLACE,
            PaperColumn("members", "人口", 7, "right"),
            PaperColumn("monitor_class", "监测类别", 15),
            PaperColumn("identified_on", "识别时间", 14),
            PaperColumn("main_cause", "主要风险", 14),
            PaperColumn("verdict", "研判", 13),
            PaperColumn("unmet", "尚未满足的条件", 40, "left"),
        ),
        _LIST, dict(chosen), opens="household_no", marks=("verdict",), shape=_in_words("unmet"),
    )  # fmt: skip


def _fading() -> Listing:
    return Listing(
        "fading", "渐退期农户",
        (
            *PLACE,
            PaperColumn("document", "文号", 20, "left"),
            PaperColumn("began_on", "收入不符合之日", 16),
            PaperColumn("first_month", "渐退首月", 14),
            PaperColumn("last_month", "渐退末月", 14),
            PaperColumn("is_extended", "延长", 7),
        ),
        _FADING, measure="户", opens="household_no", shape=with_document_numbers,
    )  # fmt: skip


def show(asked: Asked) -> Shown:
    """Counts for all who may look; households only for those who see households."""
    desk = asked.desk
    chosen = {name: asked.choice(name) for name in _FILTERS}
    unmet = Listing(
        "unmet", "尚未满足的退出条件",
        (PaperColumn("name", "条件", 34, "left"), PaperColumn("households", "户数", 10, "right")),
        _UNMET, shape=_in_words("name"),
    )  # fmt: skip
    listings: tuple[Listing, ...] = (*map(_summary, _GROUPS), unmet)
    if asked.sees_households:
        listings = (_register(chosen), _fading(), *listings)
    return Shown(
        facts={
            "chosen": chosen,
            "townships": townships(desk),
            "classes": [
                row["monitor_class"]
                for row in desk.rows(
                    "SELECT DISTINCT monitor_class FROM fct_monitored_household WHERE monitor_class IS NOT NULL ORDER BY 1"
                )
            ],
        },
        listings=listings,
    )


PAGE = Page("register", "监测与退出", EVERYBODY, show)
