"""The county's tables as printed forms: which columns of which published table, under which heading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.deliver.identity import People
from pipelines.deliver.options import PaperOptions
from pipelines.deliver.paper import DATE_WIDTH, PaperChart, PaperColumn, PaperSheet, official_text
from pipelines.deliver.report_papers import numbered, report_sheet
from pipelines.deliver.source import Source, chinese_date

_PLACE = PaperColumn("place", "序号", 5)
_WHERE = (_PLACE, PaperColumn("township", "乡镇", 11), PaperColumn("village", "村（社区）", 11))
_WHO = (
    PaperColumn("household_no", "户编号", 13),
    PaperColumn("head_name", "户主姓名", 9),
    PaperColumn("members", "人口", 6),
)


@dataclass(frozen=True)
class ReportForm:
    """One printed table.

    Attributes:
        label: name of sheet and file; title: what stands on top.
        query: SQL over the build, already in printing order.
        columns: what is printed; `place`, `head_name` and `person_name` are added to the query's columns.
        summed: columns that a 合计 line adds up.
        note: what the reader should know.
        charts: pictures of the rows.
    """

    label: str
    title: str
    query: str
    columns: tuple[PaperColumn, ...]
    summed: tuple[str, ...] = ()
    note: str = ""
    measure: str = "户、人"
    is_landscape: bool = True
    charts: tuple[PaperChart, ...] = ()


DAILY = ReportForm(
    "预警日报",
    "防止返贫监测预警日报表",
    "SELECT * FROM marts.rpt_daily_warnings ORDER BY township_code",
    (
        _PLACE, PaperColumn("township", "乡镇", 16), PaperColumn("in_hand", "在办预警", 12),
        PaperColumn("handed_out", "本日新下发", 13), PaperColumn("waiting", "待核实", 12),
        PaperColumn("overdue", "逾期未核实", 13), PaperColumn("longest_overdue_days", "最长逾期（天）", 14),
        PaperColumn("verified", "已核实", 12), PaperColumn("silent", "静默", 12),
        PaperColumn("change_notices", "其中：监测对象变动提醒", 22),
    ),
    ("in_hand", "handed_out", "waiting", "overdue", "verified", "silent", "change_notices"),
    "在办为未关闭的预警；静默为核实不属实或暂不符合、规定天数内无新原因的预警。",
    measure="条",
)  # fmt: skip

WEEKLY = ReportForm(
    "预警核实周报",
    "防止返贫监测预警核实周报表",
    "SELECT * FROM marts.rpt_weekly_verification ORDER BY township_code",
    (
        _PLACE, PaperColumn("township", "乡镇", 14), PaperColumn("handed_out", "本周下发", 10),
        PaperColumn("verified", "本周核实", 10), PaperColumn("verified_in_time", "其中：按期", 10),
        PaperColumn("true_to_take_in", "属实建议纳入", 12), PaperColumn("true_helped", "属实已有帮扶", 12),
        PaperColumn("true_not_fitting", "属实暂不符合", 12), PaperColumn("untrue", "不属实", 9),
        PaperColumn("not_found", "查无此户", 10), PaperColumn("unverified", "期末未核实", 11),
        PaperColumn("overdue", "其中：逾期", 10), PaperColumn("longest_overdue_days", "最长逾期\n（天）", 12),
    ),
    ("handed_out", "verified", "verified_in_time", "true_to_take_in", "true_helped", "true_not_fitting", "untrue",
     "not_found", "unverified", "overdue"),
    "本周指截至数据截止日的七天；按期指在核实期限内核实。",
    measure="条",
)  # fmt: skip

PRECISION = ReportForm(
    "规则准确率",
    "预警规则准确率统计表",
    "SELECT * FROM marts.rpt_rule_precision ORDER BY handed_out DESC, rule_id",
    (
        _PLACE, PaperColumn("label", "预警规则", 30), PaperColumn("handed_out", "累计下发", 14),
        PaperColumn("verified", "已核实", 14), PaperColumn("found_true", "属实", 14),
        PaperColumn("precision_percent", "准确率（%）", 16),
    ),
    note="属实含建议纳入、已有帮扶和暂不符合；准确率为属实占已核实的比例，长期偏低的规则应调整参数。一条预警有多个原因的，各规则分别计算。",
    measure="条",
    is_landscape=False,
)  # fmt: skip

MONTHLY_HELP = ReportForm(
    "月帮扶统计表",
    "易返贫对象及低收入对象月帮扶统计表",
    "SELECT * FROM marts.rpt_monthly_help ORDER BY township_code, village, household_no",
    (
        *_WHERE, *_WHO, PaperColumn("layer", "对象层次", 11), PaperColumn("main_cause", "主要原因", 11),
        PaperColumn("measures", "落实措施\n（项）", 9), PaperColumn("kinds", "措施类型", 19, "left"),
        PaperColumn("amount_yuan", "帮扶资金\n（元）", 13, "right"), PaperColumn("visits", "走访\n（次）", 8),
        PaperColumn("has_helper", "有帮扶\n责任人", 9),
    ),
    ("measures", "amount_yuan", "visits"),
    "统计期为上月报送日次日至本月报送日；数据截止日在报送日以前的，统计到数据截止日。",
    measure="户、人、元",
)  # fmt: skip

RESPONSIBILITY = ReportForm(
    "挂钩联系名单",
    "监测对象挂钩联系帮扶责任人名单",
    """
        SELECT monitored.*, source.helper, source.partner, month.report_on
        FROM marts.fct_monitored_household AS monitored
        JOIN intermediate.int_monitored AS source ON monitored.household_no = source.household_no
        LEFT JOIN marts.rpt_monthly_help AS month ON monitored.household_no = month.household_no
        WHERE monitored.is_monitored
        ORDER BY monitored.township_code, monitored.village, monitored.household_no
    """,
    (
        *_WHERE, *_WHO, PaperColumn("monitor_class", "监测类别", 14), PaperColumn("identified_on", "识别时间", DATE_WIDTH),
        PaperColumn("main_cause", "主要风险", 12), PaperColumn("helper", "帮扶责任人", 11),
        PaperColumn("helper_rank", "职务", 13), PaperColumn("partner", "结对帮扶人", 11),
    ),
    note="帮扶责任人、结对帮扶人空白的，应尽快明确。",
)  # fmt: skip

LOW_INCOME = ReportForm(
    "低收入人口台账",
    "农村低收入人口台账",
    """
        SELECT * FROM marts.rpt_low_income_register
        ORDER BY CASE layer WHEN '特困户' THEN 1 WHEN '低保户' THEN 2 WHEN '监测对象' THEN 3 ELSE 4 END,
            township_code, village, household_no
    """,
    (
        *_WHERE, *_WHO, PaperColumn("layer", "层次", 12), PaperColumn("is_monitored", "监测对象", 9),
        PaperColumn("class_names", "认定类别", 30, "left"), PaperColumn("main_cause", "主要原因", 13),
    ),
    ("members",),
    "一户只计入一层，次序为特困户、低保户、监测对象、低收入家庭。",
)  # fmt: skip

LEDGER = ReportForm(
    "监测对象台账",
    "防止返贫监测对象台账（导出格式）",
    """
        SELECT monitored.*, income.disposable_income_per_capita_yuan, source.helper,
            coalesce(states.state, CASE WHEN monitored.is_monitored THEN '监测中' ELSE '已退出' END) AS state
        FROM marts.fct_monitored_household AS monitored
        JOIN intermediate.int_monitored AS source ON monitored.household_no = source.household_no
        LEFT JOIN marts.fct_household_income AS income ON monitored.household_no = income.household_no
        LEFT JOIN marts.fct_register_state AS states ON monitored.household_no = states.household_no
        ORDER BY monitored.township_code, monitored.village, monitored.household_no
    """,
    (
        *_WHERE, *_WHO, PaperColumn("monitor_class", "监测类别", 14), PaperColumn("identified_on", "识别时间", DATE_WIDTH),
        PaperColumn("main_cause", "主要风险", 12), PaperColumn("found_through", "发现渠道", 13),
        PaperColumn("disposable_income_per_capita_yuan", "人均可支配收入\n（元）", 14, "right"),
        PaperColumn("helper", "帮扶责任人", 10), PaperColumn("state", "状态", 9),
    ),
    note="县、乡、村三级台账按乡镇、村筛选本表即得，栏目与监测对象台账报表一致。",
    measure="户、人、元",
)  # fmt: skip

REGISTER_FLOW = ReportForm(
    "建档销号平衡表",
    "监测对象建档销号平衡表",
    """
        SELECT CASE flow.period WHEN 'month' THEN '本月' WHEN 'last_month' THEN '上月' WHEN 'quarter' THEN '本季' ELSE '本年' END AS period_name,
            CASE flow.dimension WHEN 'county' THEN '全县' WHEN 'township' THEN '乡镇' ELSE '监测类别' END AS grouping_name,
            coalesce(region.region_name, flow.value) AS shown, flow.opening, flow.found, flow.closed, flow.open_now
        FROM marts.rpt_register_flow AS flow LEFT JOIN marts.dim_region AS region ON flow.value = region.region_code
        WHERE flow.dimension <> 'village'
        ORDER BY CASE flow.period WHEN 'month' THEN 1 WHEN 'last_month' THEN 2 WHEN 'quarter' THEN 3 ELSE 4 END,
            CASE flow.dimension WHEN 'county' THEN 1 WHEN 'township' THEN 2 ELSE 3 END, flow.value
    """,
    (
        _PLACE, PaperColumn("period_name", "期间", 10), PaperColumn("grouping_name", "分组", 12),
        PaperColumn("shown", "名称", 24), PaperColumn("opening", "期初", 12), PaperColumn("found", "发现建档", 12),
        PaperColumn("closed", "销号", 12), PaperColumn("open_now", "期末", 12),
    ),
    note="期初＋发现建档－销号＝期末。发现建档按县级审批（无程序记录的按识别时间），销号按退出审批（无程序记录的按风险消除时间）。"
    "本月台账次月报到，本月建档以次月的上月行为准。",
    measure="户",
    is_landscape=False,
)  # fmt: skip
COUNTY_FORMS = (DAILY, WEEKLY, PRECISION, REGISTER_FLOW, MONTHLY_HELP, RESPONSIBILITY, LOW_INCOME, LEDGER)
_KINDS = {
    "gap": "应享未享",
    "referral": "转介",
    "entitlement": "应得待遇",
    "deadline": "到期事项",
    "conflict": "信息不一致",
    "survey": "收入待调查",
}
_TASK_COLUMNS = (
    *_WHERE, PaperColumn("household_no", "户编号", 13), PaperColumn("head_name", "户主姓名", 9),
    PaperColumn("person_name", "本人姓名", 9), PaperColumn("subject", "事项", 18),
    PaperColumn("evidence", "情况说明", 42, "left"), PaperColumn("amount_due_yuan", "应补金额\n（元）", 11, "right"),
    PaperColumn("due_on", "应办期限", DATE_WIDTH), PaperColumn("number", "依据文件", 21),
)  # fmt: skip

_TOWNSHIPS = "乡镇"  # who acts where no department is named
_DEPARTMENTS = (
    "SELECT DISTINCT coalesce(department, $townships) AS department FROM marts.rpt_department_task ORDER BY department"
)
_TASKS = """
    SELECT task.* REPLACE (CASE WHEN task.rule_id = 'gap_tr_refer' THEN 'referral' ELSE task.kind END AS kind), document.number
    FROM marts.rpt_department_task AS task
    LEFT JOIN policy.document AS document ON task.document = document.document
    WHERE coalesce(task.department, $townships) = $department
    ORDER BY kind, township_code NULLS FIRST, village, household_no, subject, person_key, evidence
"""
_EXCHANGE_COLUMNS = (
    *_WHERE, PaperColumn("household_no", "户编号", 14), PaperColumn("department", "提供部门", 14),
    PaperColumn("subject", "交换内容", 34, "left"), PaperColumn("evidence", "提供和比对情况", 46, "left"),
    PaperColumn("number", "依据文件", 21),
)  # fmt: skip


def county_sheet(source: Source, options: PaperOptions, form: ReportForm, people: People) -> PaperSheet:
    """One of the county's forms, filled in."""
    rows = source.frame(form.query)
    if "household_no" in rows.columns:
        rows = people.with_heads(rows)
    return _sheet(source, options, form, numbered(rows))


def _sheet(source: Source, options: PaperOptions, form: ReportForm, rows: pl.DataFrame) -> PaperSheet:
    totals: dict[str, Any] = {}
    if form.summed and not rows.is_empty():
        totals = {name: rows[name].fill_null(0).sum() for name in form.summed}
        totals[form.columns[1].name] = "合计"
    return report_sheet(
        source, options, form.label, form.columns, rows,
        title=form.title, measure=form.measure, totals=totals, notes=(form.note,) if form.note else (),
        is_landscape=form.is_landscape, charts=form.charts if not rows.is_empty() else (),
    )  # fmt: skip


def task_sheets(source: Source, options: PaperOptions, people: People) -> Iterator[tuple[str, list[PaperSheet]]]:
    """Each responsible department with its findings to act on, one sheet a kind; the rows of one department are held at a time."""
    townships: dict[str, object] = {"townships": _TOWNSHIPS}
    for (department,) in source.frame(_DEPARTMENTS, townships).iter_rows():
        rows = people.with_members(people.with_heads(source.frame(_TASKS, {"department": department, **townships})))
        rows = rows.with_columns(evidence=official_text(pl.col("evidence")))
        parts = rows.partition_by("kind", as_dict=True, maintain_order=True)
        yield department, [_task_sheet(source, options, department, str(kind), part) for (kind,), part in parts.items()]


def _task_sheet(source: Source, options: PaperOptions, department: str, kind: str, rows: pl.DataFrame) -> PaperSheet:
    """A department's findings of one kind."""
    label = _KINDS[kind]
    title = f"{department}{'' if department == _TOWNSHIPS else '部门'}{label}清单"
    form = ReportForm(label, title, "", _filled(_TASK_COLUMNS, rows), measure="户、人、元")
    return _sheet(source, options, form, numbered(rows))


def _filled(columns: tuple[PaperColumn, ...], rows: pl.DataFrame) -> tuple[PaperColumn, ...]:
    """The columns in which any row says something; kinds of findings differ in what they have to say."""
    return tuple(column for column in columns if column is _PLACE or rows[column.name].is_not_null().any())


def exchange_sheets(source: Source, options: PaperOptions) -> list[PaperSheet]:
    """信息交换统计: what departments give one another, sent and matched, and the changes since the last month end."""
    rows = source.frame(
        "SELECT finding.*, place.township, place.village, document.number FROM marts.fct_finding AS finding"
        " LEFT JOIN policy.document AS document ON finding.document = document.document"
        " LEFT JOIN marts.dim_household AS place ON finding.household_no = place.household_no"
        " WHERE finding.kind = 'feed' ORDER BY finding.clause, finding.household_no NULLS FIRST, finding.subject, finding.evidence"
    )
    if rows.is_empty():
        return []
    rows = numbered(rows.with_columns(evidence=official_text(pl.col("evidence"))))
    form = ReportForm(
        "信息交换",
        f"部门信息交换和变动情况表（截至{chinese_date(source.as_of)}）",
        "",
        _filled(_EXCHANGE_COLUMNS, rows),
    )
    return [_sheet(source, options, form, rows)]
