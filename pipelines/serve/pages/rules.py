"""规则: how often each warning rule was right, and what every clause found."""

from __future__ import annotations

from pipelines.deliver.paper import PaperColumn
from pipelines.serve import charts
from pipelines.serve.listing import Listing
from pipelines.serve.pages.page import COUNTY, Asked, Page, Shown

_PRECISION = """
    SELECT rules.label, rules.handed_out, rules.verified, rules.found_true, rules.precision_percent,
        coalesce(now.households, 0) AS households
    FROM rpt_rule_precision AS rules
    LEFT JOIN (SELECT rule_id, count(*) AS households FROM fct_warning_reason GROUP BY rule_id) AS now USING (rule_id)
    ORDER BY rules.handed_out DESC, households DESC, rules.label
"""
_CLAUSES = """
    SELECT clause, title, document_number, is_in_force, findings, households, result
    FROM fct_clause_run ORDER BY clause_order, clause
"""


def show(asked: Asked) -> Shown:
    """Precision by rule, and the clauses that were carried out."""
    verified = asked.desk.frame(
        "SELECT label AS 规则, precision_percent::DOUBLE AS 准确率 FROM rpt_rule_precision"
        " WHERE precision_percent IS NOT NULL ORDER BY 2 DESC"
    )
    return Shown(
        facts={"chart": "" if verified.is_empty() else charts.bars(verified, "准确率", "规则", "属实占已核实（%）")},
        listings=(
            Listing(
                "precision", "各规则准确率",
                (
                    PaperColumn("label", "规则", 26, "left"),
                    PaperColumn("households", "当前预警户", 12, "right"),
                    PaperColumn("handed_out", "已下发", 10, "right"),
                    PaperColumn("verified", "已核实", 10, "right"),
                    PaperColumn("found_true", "属实", 10, "right"),
                    PaperColumn("precision_percent", "准确率（%）", 12, "right"),
                ),
                _PRECISION,
            ),
            Listing(
                "clauses", "条款执行情况",
                (
                    PaperColumn("clause", "条款", 14, "left"),
                    PaperColumn("title", "名称", 26, "left"),
                    PaperColumn("document_number", "文号", 22),
                    PaperColumn("is_in_force", "有效期内", 10),
                    PaperColumn("findings", "项数", 9, "right"),
                    PaperColumn("households", "户数", 9, "right"),
                    PaperColumn("result", "结果", 34, "left"),
                ),
                _CLAUSES, measure="项、户",
            ),
        ),
    )  # fmt: skip


PAGE = Page("rules", "规则", COUNTY, show)
