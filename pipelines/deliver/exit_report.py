"""动态退出表: who may leave the register, who left, lapsed or fell back, and who fades out of dibao."""

from __future__ import annotations

import polars as pl

from pipelines.deliver.identity import People
from pipelines.deliver.options import PaperOptions
from pipelines.deliver.paper import DATE_WIDTH, PaperColumn, PaperSheet
from pipelines.deliver.report_papers import numbered, report_sheet
from pipelines.deliver.source import Source

_UNMET = {
    "income_above_line_6_months": "收入未持续高于监测标准",
    "main_cause_solved": "主要风险未解决",
    "five_marks": "“两不愁三保障”及饮水有缺口或未走访",
    "since_identification": "识别未满规定月数",
    "measure_delivered": "识别后未落实帮扶措施",
    "labour_ability": "整户无劳动能力，暂不标注",
}
_EXIT_WORDS = {"yes": "可按程序退出", "no": "继续监测", "暂不标注": "暂不标注"}


def unmet_words(unmet: pl.Expr) -> pl.Expr:
    """The codes of unmet conditions as Chinese, one a line."""
    words = unmet.fill_null("")
    for code, word in _UNMET.items():
        words = words.str.replace_all(code, word, literal=True)
    return words.str.replace_all(";", "；\n", literal=True)


def dynamic_exit(source: Source, options: PaperOptions, people: People) -> list[PaperSheet]:
    """动态退出表: every monitored household with what leaving still wants, and those in their fade-out period."""
    rows = source.frame(
        "SELECT * FROM marts.rpt_dynamic_exit"
        " ORDER BY CASE exit_candidate WHEN 'yes' THEN 1 WHEN 'no' THEN 2 ELSE 3 END, township_code, village, household_no"
    )
    rows = numbered(people.with_heads(rows)).with_columns(
        verdict=pl.col("exit_candidate").replace(_EXIT_WORDS), unmet=unmet_words(pl.col("unmet"))
    )
    columns = (
        PaperColumn("place", "序号", 5),
        PaperColumn("township", "乡镇", 10),
        PaperColumn("village", "村（社区）", 10),
        PaperColumn("household_no", "户编号", 13),
        PaperColumn("head_name", "户主姓名", 9),
        PaperColumn("members", "人口", 6),
        PaperColumn("monitor_class", "监测类别", 14),
        PaperColumn("identified_on", "识别时间", DATE_WIDTH),
        PaperColumn("main_cause", "主要风险", 13),
        PaperColumn("verdict", "研判结论", 12),
        PaperColumn("unmet", "尚未满足的退出条件", 36, "left"),
    )
    candidates = rows.filter(pl.col("exit_candidate") == "yes").height
    notes = (f"在册监测对象 {rows.height} 户，符合退出条件 {candidates} 户；退出须按程序经县级审批，本表不代替审批。",)
    sheet = report_sheet(source, options, "动态退出表", columns, rows, title="监测对象动态退出研判表", notes=notes)
    return [sheet, *_gone(source, options, people), *_fade_out(source, options, people)]


def _gone(source: Source, options: PaperOptions, people: People) -> list[PaperSheet]:
    """退出停止返贫名单: who left this year or is still watched, whose review lapsed, who is leaving or fell back, and why."""
    rows = source.frame("""
        SELECT states.*, monitored.members, monitored.monitor_class, CASE states.state
            WHEN '返贫' THEN '退出后又预警：' || coalesce(warned.reasons, '')
            WHEN '逾期停止' THEN '季度复审材料逾期未提供'
            WHEN '风险消除待审' THEN '退出程序进行中：' || coalesce(states.step, '')
            ELSE '风险消除，按程序退出' END AS reason,
            CASE WHEN states.state IN ('返贫', '已退出') THEN CAST(coalesce(register.left_on, register.eliminated_on)
                + to_months(thresholds.exit_watch_months) AS DATE) END AS watched_until
        FROM marts.fct_register_state AS states
        JOIN marts.fct_monitored_household AS monitored ON states.household_no = monitored.household_no
        JOIN intermediate.int_monitored AS register ON states.household_no = register.household_no
        JOIN intermediate.int_threshold AS thresholds
            ON states.as_of = thresholds.as_of AND states.region_code = thresholds.region_code
        LEFT JOIN (
            SELECT household_no, reasons, row_number() OVER (PARTITION BY household_no ORDER BY issued_on DESC) AS newest
            FROM marts.fct_warning_history
        ) AS warned ON states.household_no = warned.household_no AND warned.newest = 1
        WHERE states.state IN ('返贫', '逾期停止', '风险消除待审')
            OR (states.state = '已退出' AND (year(states.since) = year(states.as_of)
                OR states.since + to_months(thresholds.exit_watch_months) >= states.as_of))
        ORDER BY states.state, states.township_code, states.village, states.household_no
    """)
    if rows.is_empty():
        return []
    columns = (
        PaperColumn("place", "序号", 5),
        PaperColumn("township", "乡镇", 11),
        PaperColumn("village", "村（社区）", 11),
        PaperColumn("household_no", "户编号", 13),
        PaperColumn("head_name", "户主姓名", 9),
        PaperColumn("members", "人口", 6),
        PaperColumn("monitor_class", "监测类别", 14),
        PaperColumn("state", "状态", 13),
        PaperColumn("since", "起始日期", DATE_WIDTH),
        PaperColumn("watched_until", "返贫观察期至", DATE_WIDTH),
        PaperColumn("reason", "原因", 34, "left"),
    )
    rows = numbered(people.with_heads(rows))
    title = "监测对象退出、停止和返贫名单"
    return [report_sheet(source, options, "退出停止返贫", columns, rows, title=title)]


def _fade_out(source: Source, options: PaperOptions, people: People) -> list[PaperSheet]:
    """渐退户名单, where a document with a fade-out is adopted."""
    rows = source.frame(
        "SELECT fade.*, place.township, place.village, place.members, document.number FROM marts.fct_fade_out AS fade"
        " LEFT JOIN policy.document AS document ON fade.document = document.document"
        " JOIN marts.dim_household AS place ON fade.household_no = place.household_no"
        " ORDER BY place.township_code, place.village, fade.household_no"
    )
    if rows.is_empty():
        return []
    rows = numbered(people.with_heads(rows)).with_columns(pl.col("first_month", "last_month").dt.strftime("%Y年%-m月"))
    columns = (
        PaperColumn("place", "序号", 6),
        PaperColumn("township", "乡镇", 14),
        PaperColumn("village", "村（社区）", 14),
        PaperColumn("household_no", "户编号", 18),
        PaperColumn("head_name", "户主姓名", 12),
        PaperColumn("members", "人口", 8),
        PaperColumn("number", "依据文件", 18),
        PaperColumn("first_month", "渐退开始月", 18),
        PaperColumn("last_month", "渐退结束月", 18),
        PaperColumn("is_extended", "是否延长", 10),
    )
    return [report_sheet(source, options, "渐退户名单", columns, rows, title="低保渐退户名单")]
