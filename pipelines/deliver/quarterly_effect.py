"""季度帮扶成效分析: what became of the monitored households' income in the latest surveyed quarter, with charts (FQ-helper)."""

from __future__ import annotations

from dataclasses import replace

from pipelines.deliver.identity import People
from pipelines.deliver.options import PaperOptions
from pipelines.deliver.paper import PaperChart, PaperColumn, PaperSheet
from pipelines.deliver.report_forms import ReportForm, county_sheet
from pipelines.deliver.source import Source

LABEL = "季度帮扶成效"
_LATEST = "(SELECT max(quarter) FROM marts.rpt_quarterly_effect)"
_QUARTER = "year(quarter) || '年第' || quarter(quarter) || '季度'"
_NAME = f"SELECT DISTINCT {_QUARTER} AS name FROM marts.rpt_quarterly_effect WHERE quarter = {_LATEST}"  # noqa: S608
_HELP = (
    PaperColumn("measures", "落实措施\n（项）", 11), PaperColumn("amount_yuan", "帮扶资金\n（元）", 15, "right"),
    PaperColumn("visits", "走访\n（次）", 10),
)  # fmt: skip
_BY_TOWNSHIP = ReportForm(
    "分乡镇成效",
    "监测对象帮扶成效季度分析表",
    f"""
        SELECT coalesce(max(township), township_code) AS township, count(*) AS households,
            count(*) FILTER (WHERE effect = '增加') AS risen, count(*) FILTER (WHERE effect = '持平') AS level,
            count(*) FILTER (WHERE effect = '减少') AS fallen, count(*) FILTER (WHERE effect = '无上季数据') AS unknown,
            CAST(sum(measures) AS BIGINT) AS measures, sum(amount_yuan) AS amount_yuan, CAST(sum(visits) AS BIGINT) AS visits
        FROM marts.rpt_quarterly_effect WHERE quarter = {_LATEST} GROUP BY township_code ORDER BY township_code
    """,  # noqa: S608 - a constant
    (
        PaperColumn("place", "序号", 7), PaperColumn("township", "乡镇", 18), PaperColumn("households", "监测户数\n（户）", 11),
        PaperColumn("risen", "收入增加", 11), PaperColumn("level", "收入持平", 11), PaperColumn("fallen", "收入减少", 11),
        PaperColumn("unknown", "无上季数据", 12), *_HELP,
    ),
    ("households", "risen", "level", "fallen", "unknown", "measures", "amount_yuan", "visits"),
    "只统计本季收入调查齐全的监测户；收入为家庭可支配收入，与上一季度相比，未扣除季节因素。",
    measure="户、项、元、次",
    charts=(
        PaperChart("各乡镇监测户收入变化（户）", "township", ("risen", "level", "fallen"), "户", "stacked"),
        PaperChart("各乡镇帮扶资金（元）", "township", ("amount_yuan",), "元"),
    ),
)  # fmt: skip
_BY_QUARTER = ReportForm(
    "各季走势",
    "监测对象收入和帮扶各季走势表",
    f"""
        SELECT {_QUARTER} AS quarter_name, count(*) AS households, CAST(sum(members) AS BIGINT) AS people,
            CAST((CAST(sum(income_yuan) * 200 AS BIGINT) + sum(members)) // (2 * sum(members)) * 0.01 AS DECIMAL(18, 2)) AS per_head,
            CAST(sum(measures) AS BIGINT) AS measures, sum(amount_yuan) AS amount_yuan, CAST(sum(visits) AS BIGINT) AS visits
        FROM marts.rpt_quarterly_effect GROUP BY quarter ORDER BY quarter
    """,  # noqa: S608 - a constant
    (
        PaperColumn("place", "序号", 7), PaperColumn("quarter_name", "季度", 20), PaperColumn("households", "监测户数\n（户）", 12),
        PaperColumn("people", "人数\n（人）", 12), PaperColumn("per_head", "当季人均可支配收入\n（元）", 20, "right"), *_HELP,
    ),
    note="为现有监测户在各季的情况；当季人均可支配收入为各户当季可支配收入之和除以人数之和。",
    measure="户、人、元",
    charts=(
        PaperChart("当季人均可支配收入（元）", "quarter_name", ("per_head",), "元", "line"),
        PaperChart("帮扶资金（元）", "quarter_name", ("amount_yuan",), "元"),
    ),
)  # fmt: skip
_BY_HOUSEHOLD = ReportForm(
    "分户明细",
    "监测对象帮扶成效季度分户表",
    f"SELECT * FROM marts.rpt_quarterly_effect WHERE quarter = {_LATEST} ORDER BY township_code, village, household_no",  # noqa: S608
    (
        PaperColumn("place", "序号", 5), PaperColumn("township", "乡镇", 11), PaperColumn("village", "村（社区）", 11),
        PaperColumn("household_no", "户编号", 13), PaperColumn("head_name", "户主姓名", 9), PaperColumn("members", "人口", 6),
        PaperColumn("main_cause", "主要风险", 12), PaperColumn("income_before_yuan", "上季家庭收入\n（元）", 14, "right"),
        PaperColumn("income_yuan", "本季家庭收入\n（元）", 14, "right"), PaperColumn("effect", "收入变化", 10), *_HELP,
    ),
    ("members", "measures", "amount_yuan", "visits"),
    measure="户、人、元",
)  # fmt: skip


def quarterly_effect(source: Source, options: PaperOptions, people: People) -> list[PaperSheet]:
    """By township, by quarter and by household; nothing where no monitored household has a whole surveyed quarter."""
    found = source.frame(_NAME)
    if found.is_empty():
        return []
    forms = [replace(form, title=f"{found['name'][0]}{form.title}") for form in (_BY_TOWNSHIP, _BY_HOUSEHOLD)]
    return [county_sheet(source, options, form, people) for form in (forms[0], _BY_QUARTER, forms[1])]
