"""数据质量: what departments sent, what was given back and why, and what contradicts."""

from __future__ import annotations

from datetime import date

import polars as pl

from expectations.contract import all_contracts
from pipelines.deliver.paper import PaperColumn
from pipelines.serve.listing import Listing
from pipelines.serve.nights import Desk
from pipelines.serve.pages.page import COUNTY, Asked, Page, Shown
from pipelines.serve.reports_due import form_states, last_full_month

_RECEIPTS = """
    SELECT file, form, period, received_on, rows, loaded, rejected, repeats, refused_reason
    FROM ops_file_receipt
    WHERE ($form = '' OR form = $form) AND ($trouble = '' OR rejected > 0 OR refused_reason IS NOT NULL)
    ORDER BY received_on DESC, receipt_no DESC
"""
_REJECTED = """
    SELECT form, file, sheet, row_number, column_header, value, reason
    FROM ops_rejected_row WHERE ($form = '' OR form = $form)
    ORDER BY form, file, row_number
"""
_CONFLICTS = "SELECT household_no, conflict, evidence FROM fct_data_conflict ORDER BY conflict, household_no"
_CONFLICT_NAMES = {
    "person_on_two_lists": "一人登记在两户",
    "wage_recorded_against_declared": "工资记录与申报相差较大",
}


def by_department(desk: Desk) -> pl.DataFrame:
    """Per department: files, refused files, rows, rejected rows and their share in percent."""
    departments = {form: contract.department for form, contract in all_contracts().items()}
    receipts = desk.frame(
        "SELECT form, count(*) AS files, count(refused_reason) AS refused,"
        " coalesce(sum(rows) FILTER (refused_reason IS NULL), 0)::BIGINT AS rows,"
        " coalesce(sum(rejected), 0)::BIGINT AS rejected FROM ops_file_receipt GROUP BY form"
    )
    return (
        receipts.with_columns(department=pl.col("form").replace(departments))
        .group_by("department")
        .agg(pl.col("files", "refused", "rows", "rejected").sum())
        .with_columns(
            percent=pl.when(pl.col("rows") > 0).then(100 * pl.col("rejected") / pl.col("rows")).cast(pl.Decimal(18, 2))
        )
        .sort("rejected", "department", descending=[True, False])
    )


def by_reason(desk: Desk) -> pl.DataFrame:
    """Rejected rows by department, form and reason, most first."""
    contracts = all_contracts()
    rows = desk.frame(
        "SELECT form, reason, count(*) AS n FROM ops_rejected_row GROUP BY ALL ORDER BY n DESC, form, reason"
    )
    return rows.with_columns(
        department=pl.col("form").replace({form: contract.department for form, contract in contracts.items()}),
        form=pl.col("form").replace({form: contract.label for form, contract in contracts.items()}),
    )


def _labelled(rows: pl.DataFrame) -> pl.DataFrame:
    labels = {form: contract.label for form, contract in all_contracts().items()}
    return rows.with_columns(pl.col("form").replace(labels))


def _for_all(asked: Asked) -> tuple[Listing, ...]:
    """Figures without a single household."""
    return (
        Listing(
            "forms", "本期报表",
            (
                PaperColumn("department", "部门", 16),
                PaperColumn("label", "报表", 26, "left"),
                PaperColumn("state", "状态", 12),
                PaperColumn("files", "份数", 8, "right"),
                PaperColumn("rows", "行数", 10, "right"),
                PaperColumn("rejected", "退回行", 10, "right"),
                PaperColumn("due_on", "截止日", 14),
                PaperColumn("note", "整份退回原因", 36, "left"),
            ),
            rows=form_states(asked.county, asked.desk), measure="份、行", marks=("state",),
        ),
        Listing(
            "departments", "各部门收件与退回",
            (
                PaperColumn("department", "部门", 18, "left"),
                PaperColumn("files", "文件", 9, "right"),
                PaperColumn("refused", "整份退回", 10, "right"),
                PaperColumn("rows", "行数", 12, "right"),
                PaperColumn("rejected", "退回行", 10, "right"),
                PaperColumn("percent", "退回率（%）", 12, "right"),
            ),
            rows=by_department(asked.desk), measure="份、行",
        ),
        Listing(
            "reasons", "退回原因",
            (
                PaperColumn("department", "部门", 16),
                PaperColumn("form", "报表", 24, "left"),
                PaperColumn("reason", "原因", 56, "left"),
                PaperColumn("n", "行数", 10, "right"),
            ),
            rows=by_reason(asked.desk), measure="行",
        ),
        Listing(
            "checks", "运行检查",
            (
                PaperColumn("message", "结论", 70, "left"),
                PaperColumn("blocking", "阻止发布", 10),
                PaperColumn("passed", "通过", 8),
            ),
            "SELECT message, blocking, passed FROM ops_check ORDER BY passed, message", measure="项",
        ),
    )  # fmt: skip


def _for_analysts(form: str, trouble: str) -> tuple[Listing, ...]:
    """Files, single rejected rows (sensitive cells are masked at the door) and contradictions."""
    return (
        Listing(
            "receipts", "收件清单",
            (
                PaperColumn("file", "文件", 36, "left"),
                PaperColumn("form", "报表", 22, "left"),
                PaperColumn("period", "报表期", 12),
                PaperColumn("received_on", "接收日期", 15),
                PaperColumn("rows", "行数", 9, "right"),
                PaperColumn("loaded", "入库", 9, "right"),
                PaperColumn("rejected", "退回", 9, "right"),
                PaperColumn("repeats", "重复", 9, "right"),
                PaperColumn("refused_reason", "整份退回原因", 40, "left"),
            ),
            _RECEIPTS, {"form": form, "trouble": trouble}, "行", shape=_labelled,
        ),
        Listing(
            "rejected", "退回的行",
            (
                PaperColumn("form", "报表", 20, "left"),
                PaperColumn("file", "文件", 32, "left"),
                PaperColumn("row_number", "行号", 8, "right"),
                PaperColumn("column_header", "列", 14),
                PaperColumn("value", "单元格", 18),
                PaperColumn("reason", "原因", 46, "left"),
            ),
            _REJECTED, {"form": form}, "行", shape=_labelled,
        ),
        Listing(
            "conflicts", "资料矛盾",
            (
                PaperColumn("household_no", "户编号", 16),
                PaperColumn("conflict", "矛盾", 24, "left"),
                PaperColumn("evidence", "情况", 56, "left"),
            ),
            _CONFLICTS, measure="户", opens="household_no",
            shape=lambda rows: rows.with_columns(pl.col("conflict").replace(_CONFLICT_NAMES)),
        ),
    )  # fmt: skip


def show(asked: Asked) -> Shown:
    """Departments' figures for the county's users, single rows for analysts."""
    form, trouble = asked.choice("form"), asked.choice("trouble")
    listings = _for_all(asked)
    if asked.user.role == "analyst":
        listings += _for_analysts(form, trouble)
    return Shown(
        facts={
            "month": last_full_month(date.fromisoformat(asked.desk.manifest.as_of)),
            "chosen": {"form": form, "trouble": trouble},
            "forms": sorted((contract.label, name) for name, contract in all_contracts().items()),
            "sum": asked.desk.one(
                "SELECT count(*) AS files, count(refused_reason) AS refused,"
                " coalesce(sum(rows) FILTER (refused_reason IS NULL), 0)::BIGINT AS rows,"
                " coalesce(sum(loaded), 0)::BIGINT AS loaded, coalesce(sum(rejected), 0)::BIGINT AS rejected,"
                " coalesce(sum(repeats), 0)::BIGINT AS repeats FROM ops_file_receipt"
            ),
        },
        listings=listings,
    )


PAGE = Page("quality", "数据质量", COUNTY, show)
