"""预警: what is waiting for whom, until when, and why."""

from __future__ import annotations

from pipelines.deliver.paper import PaperColumn
from pipelines.serve.listing import Listing
from pipelines.serve.pages.page import EVERYBODY, Asked, Page, Shown
from pipelines.serve.pages.words import PLACE, in_official_form, townships

_LIST = """
    SELECT warning_no, household_no, township, village, status, severity, reason_text, issued_on, due_on, overdue_days,
        visit_focus, verdict
    FROM fct_warning
    WHERE ($township = '' OR township_code = $township)
        AND ($status = '' OR status = $status)
        AND ($rule = '' OR contains(concat(';', rule_ids, ';'), concat(';', $rule, ';')))
        AND ($village = '' OR contains(village, $village))
        AND ($kind = '' OR kind = $kind)
    ORDER BY CASE status WHEN '逾期未核实' THEN 1 WHEN '待核实' THEN 2 ELSE 3 END, overdue_days DESC NULLS LAST,
        due_on NULLS LAST, severity, household_no
"""
_BY_TOWNSHIP = """
    SELECT township, in_hand, handed_out, waiting, overdue, longest_overdue_days, verified, silent, change_notices
    FROM rpt_daily_warnings ORDER BY township_code
"""
_BY_RULE = """
    SELECT reasons.label, reasons.severity, count(*) AS households,
        count(*) FILTER (warnings.status = '逾期未核实') AS overdue
    FROM fct_warning_reason AS reasons
    JOIN fct_warning AS warnings USING (household_no)
    GROUP BY ALL ORDER BY reasons.severity, households DESC, reasons.label
"""
_FILTERS = ("township", "status", "rule", "village", "kind")


def show(asked: Asked) -> Shown:
    """The tables of all who may look; the list of households only for those who see households."""
    desk = asked.desk
    chosen = {name: asked.choice(name) for name in _FILTERS}
    listings: tuple[Listing, ...] = (
        Listing(
            "townships", "各乡镇预警",
            (
                PaperColumn("township", "乡镇", 14),
                PaperColumn("in_hand", "在办", 9, "right"),
                PaperColumn("handed_out", "次日新下发", 12, "right"),
                PaperColumn("waiting", "待核实", 9, "right"),
                PaperColumn("overdue", "逾期", 9, "right"),
                PaperColumn("longest_overdue_days", "最长逾期（天）", 15, "right"),
                PaperColumn("verified", "已核实", 9, "right"),
                PaperColumn("silent", "静默", 9, "right"),
                PaperColumn("change_notices", "其中变动提醒", 14, "right"),
            ),
            _BY_TOWNSHIP, measure="条、天",
        ),
        Listing(
            "rules", "各类原因",
            (
                PaperColumn("label", "原因", 26, "left"),
                PaperColumn("severity", "严重程度", 10),
                PaperColumn("households", "户数", 10, "right"),
                PaperColumn("overdue", "其中逾期", 10, "right"),
            ),
            _BY_RULE,
        ),
    )  # fmt: skip
    if asked.sees_households:
        listings = (_list(chosen), *listings)
    return Shown(
        facts={
            "chosen": chosen,
            "townships": townships(desk),
            "statuses": [row["status"] for row in desk.rows("SELECT DISTINCT status FROM fct_warning ORDER BY 1")],
            "rules": desk.rows("SELECT DISTINCT rule_id, label FROM fct_warning_reason ORDER BY 2"),
        },
        listings=listings,
    )


def _list(chosen: dict[str, str]) -> Listing:
    return Listing(
        "list", "预警清单",
        (
            *PLACE,
            PaperColumn("status", "状态", 12),
            PaperColumn("severity", "级别", 7),
            PaperColumn("reason_text", "原因", 48, "left"),
            PaperColumn("issued_on", "发出", 14),
            PaperColumn("due_on", "核实期限", 14),
            PaperColumn("overdue_days", "逾期（天）", 11, "right"),
        ),
        _LIST, dict(chosen), measure="户、天", opens="household_no", marks=("status",),
        shape=in_official_form("reason_text"),
    )  # fmt: skip


PAGE = Page("warnings", "预警", EVERYBODY, show)
