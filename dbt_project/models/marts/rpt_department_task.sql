-- One row per finding that a department has to act on: what is due and not given, entitlements, deadlines and conflicts; and per
-- household without any income survey in the window, which its township has to survey (rules section 3).
select
    findings.as_of,
    findings.department,
    findings.kind,
    findings.clause,
    findings.document,
    findings.rule_id,
    findings.subject,
    findings.household_no,
    findings.person_key,
    households.township_code,
    households.township,
    households.village,
    findings.evidence,
    findings.amount_due_yuan,
    findings.due_on
from {{ ref('fct_finding') }} as findings
left join {{ ref('dim_household') }} as households on findings.household_no = households.household_no
where findings.kind in ('gap', 'entitlement', 'deadline', 'conflict')
union all
select
    incomes.as_of,
    '乡镇' as department,
    'survey' as kind,
    null as clause,
    null as document,
    'income_survey_missing' as rule_id,
    '入户调查收入' as subject,
    incomes.household_no,
    null as person_key,
    households.township_code,
    households.township,
    households.village,
    '计算期 ' || {{ month_text('incomes.window_first_month') }} || ' 至 ' || {{ month_text('incomes.window_last_month') }}
    || ' 没有入户调查，收入待定；部门已记录可支配收入 ' || {{ as_text('incomes.disposable_income_low_yuan') }} || ' 元' as evidence,
    null as amount_due_yuan,
    null as due_on
from {{ ref('fct_household_income') }} as incomes
inner join {{ ref('dim_household') }} as households on incomes.household_no = households.household_no
where incomes.income_status = '待定'
