"""What is not decided yet: cases on their way through the procedure, and the observation list (预备名单)."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from pipelines.deliver.identity import People
from pipelines.deliver.options import PaperOptions
from pipelines.deliver.paper import DATE_WIDTH, PaperColumn, PaperSheet, official_text
from pipelines.deliver.report_forms import ReportForm, county_sheet
from pipelines.deliver.source import Source

PROCEDURE_LABEL, OBSERVATION_LABEL = "程序进度表", "预备名单"
_PLACE = (
    PaperColumn("place", "序号", 5), PaperColumn("township", "乡镇", 10), PaperColumn("village", "村（社区）", 10),
    PaperColumn("household_no", "户编号", 13), PaperColumn("head_name", "户主姓名", 9),
)  # fmt: skip
_PROCEDURE = ReportForm(
    PROCEDURE_LABEL,
    "监测对象认定和退出程序进度表",
    """
        SELECT finding.household_no, place.township, place.village, document.number, cases.case_no, cases.purpose,
            cases.opened_on, cases.step_at, cases.days_in_step, coalesce(cases.missing_steps, '') AS missing_steps,
            coalesce(cases.disordered_steps, '') AS disordered_steps, coalesce(notice.evidence, '') AS notice
        FROM marts.fct_finding AS finding
        JOIN intermediate.int_case AS cases ON finding.household_no = cases.household_no
            AND finding.document = cases.document AND finding.basis = cases.case_no || ';' || cases.step_at
        LEFT JOIN policy.document AS document ON finding.document = document.document
        LEFT JOIN marts.dim_household AS place ON finding.household_no = place.household_no
        LEFT JOIN (
            SELECT steps.household_no, steps.case_no, string_agg(told.evidence, '；' ORDER BY told.evidence) AS evidence
            FROM marts.fct_finding AS told
            JOIN marts.fct_case AS steps ON told.source_file = steps.source_file AND told.source_row = steps.source_row
            WHERE told.rule_id = 'deadline_ly_notice' GROUP BY steps.household_no, steps.case_no
        ) AS notice ON cases.household_no = notice.household_no AND cases.case_no = notice.case_no
            AND finding.document = 'LY'
        WHERE finding.rule_id IN ('list_ly_procedure', 'list_tr_steps')
        ORDER BY place.township_code, place.village, finding.household_no, cases.case_no, finding.document
    """,
    (
        *_PLACE, PaperColumn("number", "依据文件", 15), PaperColumn("case_no", "事项编号", 11), PaperColumn("purpose", "事项", 6),
        PaperColumn("opened_on", "开始日期", DATE_WIDTH), PaperColumn("step_at", "现在环节", 10),
        PaperColumn("days_in_step", "已历时\n（天）", 8), PaperColumn("missing_steps", "缺少环节", 13),
        PaperColumn("disordered_steps", "次序颠倒", 14), PaperColumn("notice", "公示情况", 26, "left"),
    ),
    note="未经县级审批的不计为监测对象；缺少环节、次序颠倒、公示不足的，应补正后再报批。",
)  # fmt: skip
_OBSERVATION = ReportForm(
    OBSERVATION_LABEL,
    "困难边缘户预备名单",
    """
        SELECT * FROM marts.rpt_observation_list
        ORDER BY CASE movement WHEN '新列入' THEN 1 WHEN '转为困难边缘户' THEN 2 WHEN '不再列入' THEN 3 ELSE 4 END,
            income_left_yuan NULLS LAST, township_code, village, household_no
    """,
    (
        *_PLACE, PaperColumn("members", "人口", 5), PaperColumn("movement", "与上月末\n相比", 10),
        PaperColumn("reasons", "列入原因", 15, "left"), PaperColumn("monthly_per_capita", "上月末和目前人均\n可支配收入（元）", 18, "left"),
        PaperColumn("income_left_yuan", "人均收入\n再减少（元）", 12, "right"),
        PaperColumn("spending_left_yuan", "刚性支出\n再增加（元）", 12, "right"), PaperColumn("changes", "本月变化", 22, "left"),
    ),
    note="人均收入再减少、或家庭刚性支出再增加到所列金额的，即为困难边缘户；收入待定的不列金额。按距离标准由近到远排列。",
    measure="户、人、元",
)  # fmt: skip


def procedure_progress(source: Source, options: PaperOptions, people: People) -> list[PaperSheet]:
    """程序进度表: every open case with its step, days in it and faults; nothing where no case is open."""
    sheet = county_sheet(source, options, _PROCEDURE, people)
    return [_official(sheet, "notice")] if not sheet.rows.is_empty() else []


def observation_list(source: Source, options: PaperOptions, people: People) -> list[PaperSheet]:
    """预备名单: who is near difficulty, what moved since the last month end, and what would tip the household over."""
    sheet = county_sheet(source, options, _OBSERVATION, people)
    return [_official(sheet, "changes", "monthly_per_capita")] if not sheet.rows.is_empty() else []


def _official(sheet: PaperSheet, *columns: str) -> PaperSheet:
    """The sheet with sentences in official form, parts on lines of their own."""
    rows = sheet.rows.with_columns(
        official_text(pl.col(name)).str.replace_all(r"(、|；)(\d{4}-\d\d |公示)", "$1\n$2") for name in columns
    )
    return replace(sheet, rows=rows)
