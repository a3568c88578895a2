"""What stands in a household's file, part by part, and where each line of it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from expectations.contract import all_contracts


@dataclass(frozen=True)
class Part:
    """One table of a file: heading, the query (household_no first, then the printed columns), headers and widths."""

    name: str
    query: str
    headers: tuple[str, ...]
    widths: tuple[int, ...]


_FORM_NAME = " ".join(f"WHEN '{form}' THEN '{contract.label}'" for form, contract in all_contracts().items())
_CLASSES = Part(
    "认定情况",
    """
        SELECT classes.household_no, classes.class_name, document.number || ' ' || clause.title, classes.evidence
        FROM marts.fct_household_class AS classes
        JOIN policy.document AS document ON classes.document = document.document
        JOIN policy.clause AS clause ON classes.clause = clause.clause
        ORDER BY classes.document, classes.class_name
    """,
    ("类别", "依据条款", "情况"),
    (4, 6, 10),
)
_INCOME = Part(
    "近12个月收入（元）",
    f"""
        WITH counted AS (
            SELECT DISTINCT household_no, CASE WHEN item = 'wage' THEN 1 WHEN item LIKE 'business%' THEN 2 WHEN item = 'property' THEN 3
                WHEN item LIKE 'transfer%' THEN 4 ELSE 6 END AS place, CASE form {_FORM_NAME} END AS form, source_file, source_sheet, source_row
            FROM marts.fct_income_source
            WHERE is_counted AND item <> 'employment_cost'
                AND household_no IN (SELECT household_no FROM marts.fct_monitored_household)
        ),
        told AS (
            SELECT household_no, place, string_agg(form || ' ' || lines || ' 行', '、' ORDER BY lines DESC, form) AS sources
            FROM (SELECT household_no, place, form, count(*) AS lines FROM counted GROUP BY household_no, place, form)
            GROUP BY household_no, place
        ),
        item AS (
            SELECT household_no, 1 AS place, '工资性收入' AS item, wage_income_yuan AS total,
                wage_income_per_capita_yuan AS per_head FROM marts.fct_household_income
            UNION ALL SELECT household_no, 2, '经营净收入', net_business_income_yuan,
                net_business_income_per_capita_yuan FROM marts.fct_household_income
            UNION ALL SELECT household_no, 3, '财产净收入', net_property_income_yuan,
                net_property_income_per_capita_yuan FROM marts.fct_household_income
            UNION ALL SELECT household_no, 4, '转移净收入', net_transfer_income_yuan,
                net_transfer_income_per_capita_yuan FROM marts.fct_household_income
            UNION ALL SELECT household_no, 5, '可支配收入', disposable_income_yuan,
                disposable_income_per_capita_yuan FROM marts.fct_household_income
            UNION ALL SELECT household_no, 6, '刚性支出', rigid_spending_yuan, NULL FROM marts.fct_household_income
            UNION ALL SELECT household_no, 7, '低保核算收入', assessed_income_yuan,
                assessed_income_per_capita_yuan FROM marts.fct_household_income
        )
        SELECT item.household_no, item.item, item.total, item.per_head, CASE item.place WHEN 5 THEN '以上四项之和'
            WHEN 7 THEN '可支配收入减不计入和扣减的项目' ELSE coalesce(told.sources, '无记录') END
        FROM item LEFT JOIN told ON item.household_no = told.household_no AND item.place = told.place ORDER BY item.place
    """,  # noqa: S608 - labels of our own contracts
    ("项目", "全户", "人均", "来源（计入的报表行数）"),
    (4, 4, 4, 9),
)
_REASONS = Part(
    "当前预警原因",
    "SELECT household_no, label, evidence, coalesce(source_file || ' 第 ' || source_row || ' 行', '本表收入和台账')"
    " FROM marts.fct_warning_reason ORDER BY severity, rule_id",
    ("原因", "情况", "来源"),
    (4, 9, 6),
)
_WARNINGS = Part(
    "预警及核实",
    "SELECT household_no, warning_no, issued_on, reasons, verified_on, verdict, closed_on,"
    " coalesce(close_cause, '未关闭') FROM marts.fct_warning_history ORDER BY issued_on, warning_no",
    ("预警编号", "下发日期", "原因", "核实日期", "核实结果", "关闭日期", "关闭原因"),
    (7, 5, 7, 5, 4, 5, 5),
)
_PROCEDURE = Part(
    "认定与退出程序",
    "SELECT household_no, purpose, step, started_on, ended_on, outcome, source_file || ' 第 ' || source_row || ' 行'"
    " FROM marts.fct_case ORDER BY started_on, ended_on NULLS LAST, step",
    ("事项", "环节", "开始", "结束", "结果", "来源"),
    (2, 3, 4, 4, 2, 6),
)
_MEASURES = Part(
    "帮扶措施",
    "SELECT measures.household_no, measures.kind, measures.measure, measures.started_on,"
    " CAST(measures.amount_fen * CAST(0.01 AS DECIMAL(3, 2)) AS DECIMAL(18, 2)) AS amount, measures.department,"
    " receipts.file || ' 第 ' || measures._row || ' 行'"
    " FROM staging.stg_assistance_measure AS measures JOIN raw.receipt AS receipts ON measures._receipt = receipts.seq"
    " WHERE measures.started_on <= $as_of ORDER BY measures.started_on, measures.measure",
    ("类型", "措施", "开始日期", "金额（元）", "责任单位", "来源"),
    (3, 4, 5, 3, 3, 7),
)
_VISITS = Part(
    "入户走访",
    "SELECT visits.household_no, visits.visited_on, visits.visitor,"
    " coalesce(nullif(concat_ws('、', CASE WHEN NOT food_ok THEN '吃穿' END, CASE WHEN NOT schooling_ok THEN '义务教育' END,"
    " CASE WHEN NOT medical_ok THEN '基本医疗' END, CASE WHEN NOT housing_ok THEN '住房安全' END,"
    " CASE WHEN NOT water_ok THEN '饮水安全' END), ''), '无'), receipts.file || ' 第 ' || visits._row || ' 行'"
    " FROM staging.stg_visit_record AS visits JOIN raw.receipt AS receipts ON visits._receipt = receipts.seq"
    " WHERE visits.visited_on <= $as_of ORDER BY visits.visited_on",
    ("走访日期", "走访人", "发现的保障缺口", "来源"),
    (4, 3, 6, 6),
)
_REVIEWS = Part(
    "季度复审",
    """
        WITH review AS (
            SELECT materials.household_no, materials.quarter, materials.submitted_on,
                CASE WHEN coalesce(materials.complete, true) THEN '齐全' ELSE '不齐全' END AS told,
                receipts.file || ' 第 ' || materials._row || ' 行' AS source
            FROM staging.stg_review_material AS materials JOIN raw.receipt AS receipts ON materials._receipt = receipts.seq
            WHERE materials.submitted_on <= $as_of
            UNION ALL
            SELECT household_no, first_day, NULL, CASE WHEN due_on <= as_of THEN '逾期未提交' ELSE '待提交' END
                || '，期限' || year(due_on) || '年' || month(due_on) || '月' || day(due_on) || '日', ''
            FROM intermediate.int_review_due WHERE submitted_on IS NULL
        )
        SELECT household_no, year(quarter) || '年第' || quarter(quarter) || '季度', submitted_on, told, source
        FROM review ORDER BY quarter, submitted_on
    """,
    ("季度", "提交日期", "材料", "来源"),
    (4, 4, 6, 6),
)
_LEAVING = Part(
    "退出条件",
    """
        SELECT household_no, asked, CASE WHEN is_met THEN '满足' WHEN NOT is_met THEN '不满足' END FROM (
            SELECT household_no, 0 AS place, '不在册，不再逐条研判' AS asked, CAST(NULL AS BOOLEAN) AS is_met
            FROM marts.fct_monitored_household WHERE NOT is_monitored
            UNION ALL SELECT household_no, 1, '规定的各月末和基准日人均可支配收入均高于' || watch_line || '（'
                || watch_line_yuan_per_year || ' 元/年）', is_income_above
            FROM marts.fct_monitored_household WHERE is_monitored
            UNION ALL SELECT household_no, 2, '主要风险（' || coalesce(main_cause, '未填写') || '）已解决', is_cause_solved
            FROM marts.fct_monitored_household WHERE is_monitored
            UNION ALL SELECT household_no, 3, '最近一次走访“两不愁三保障”和饮水安全无缺口', has_five_marks
            FROM marts.fct_monitored_household WHERE is_monitored
            UNION ALL SELECT household_no, 4, '识别满规定月数', is_long_enough FROM marts.fct_monitored_household WHERE is_monitored
            UNION ALL SELECT household_no, 5, '识别后落实过帮扶措施', has_measure FROM marts.fct_monitored_household WHERE is_monitored
            UNION ALL SELECT household_no, 6, '不是整户无劳动能力（整户无劳动能力的暂不标注）', has_labour
            FROM marts.fct_monitored_household WHERE is_monitored
        ) ORDER BY place
    """,
    ("条件", "是否满足"),
    (12, 3),
)
PARTS = (_CLASSES, _INCOME, _REASONS, _WARNINGS, _PROCEDURE, _MEASURES, _VISITS, _REVIEWS, _LEAVING)
MEMBERS = Part(
    "家庭成员",
    "SELECT household_no, person_key, relation, health, labour_ability, self_care, is_disabled"
    " FROM marts.dim_person ORDER BY is_head DESC, person_key",
    ("姓名", "与户主关系", "性别", "年龄", "健康状况", "劳动能力", "自理能力", "持证残疾"),
    (4, 3, 2, 2, 4, 4, 4, 3),
)
FACTS = """
    SELECT monitored.*, coalesce(states.state, '不在册') AS state, states.since, house.residence, house.household_kind,
        source.helper, source.partner, source.entered_on, income.income_status, income.disposable_income_per_capita_yuan,
        CASE WHEN NOT monitored.is_monitored THEN coalesce(source.left_on, source.eliminated_on) END AS left_on,
        CASE WHEN NOT monitored.is_monitored THEN CAST(coalesce(source.left_on, source.eliminated_on)
            + to_months(thresholds.exit_watch_months) AS DATE) END AS watched_until
    FROM marts.fct_monitored_household AS monitored
    JOIN intermediate.int_monitored AS source ON monitored.household_no = source.household_no
    JOIN intermediate.int_threshold AS thresholds
        ON monitored.as_of = thresholds.as_of AND monitored.region_code = thresholds.region_code
    JOIN marts.dim_household AS house ON monitored.household_no = house.household_no
    LEFT JOIN marts.fct_household_income AS income ON monitored.household_no = income.household_no
    LEFT JOIN marts.fct_register_state AS states ON monitored.household_no = states.household_no
    ORDER BY monitored.region_code, monitored.household_no
"""
SHOWN_FACTS = (
    ("户编号", "household_no"), ("户主姓名", "head_name"), ("联系电话", "phone"), ("乡镇", "township"), ("村（社区）", "village"),
    ("家庭人口", "members"), ("农户类型", "household_kind"), ("居住情况", "residence"), ("监测类别", "monitor_class"),
    ("识别时间", "identified_on"), ("主要风险", "main_cause"), ("发现渠道", "found_through"), ("帮扶责任人", "helper"),
    ("结对帮扶人", "partner"), ("收入状态", "income_status"), ("目前状态", "state"), ("状态始于", "since"),
    ("人均可支配收入（元）", "disposable_income_per_capita_yuan"), ("纳入审批", "entered_on"), ("退出审批", "left_on"),
    ("返贫观察期至", "watched_until"),
)  # fmt: skip
