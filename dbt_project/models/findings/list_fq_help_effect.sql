-- FQ-helper: for each monitored household the income of the latest surveyed quarter against that of the quarter before, for the
-- quarterly analysis. What departments recorded of a quarter without a survey is no quarter's income.
with quarter as (
    select
        households.household_no,
        quarters.quarter,
        {{ rounded_quotient(
            'quarters.wage_thirds + quarters.business_gross_thirds - quarters.business_cost_thirds + quarters.property_thirds'
            ~ ' + quarters.transfer_public_thirds + quarters.transfer_family_thirds - quarters.transfer_paid_thirds', 3
        ) }} as income_fen,
        row_number() over (partition by quarters.household_id order by quarters.quarter desc) as newest
    from {{ ref('int_income_quarter') }} as quarters
    inner join {{ ref('int_day') }} as day on quarters.as_of = day.as_of
    inner join {{ ref('int_household_at') }} as households on quarters.household_id = households.household_id
    inner join {{ ref('int_declared_quarter') }} as surveyed on quarters.household_quarter = surveyed.household_quarter
    where quarters.income_window = 'current' and quarters.months = 3
),

judged as (
    select
        states.as_of,
        states.household_no,
        states.region_code,
        latest.quarter,
        latest.income_fen,
        before.income_fen as income_before_fen
    from {{ adopted_state('FQ') }} as states
    inner join quarter as latest on states.household_no = latest.household_no and latest.newest = 1
    inner join quarter as before
        on states.household_no = before.household_no and before.quarter = {{ add_months('latest.quarter', -3) }}
    where states.is_monitored
)

select
    {{ finding(
        rule="'list_fq_help_effect'", kind="'list'", document="'FQ'", clause="'FQ-helper'",
        subject="case when state.income_fen > state.income_before_fen then '季度收入增加'
            when state.income_fen < state.income_before_fen then '季度收入减少' else '季度收入持平' end",
        basis=as_text('state.quarter'), measured_name="'quarter_disposable_income'", measured_fen='state.income_fen',
        threshold_name="'上一季度可支配收入'", threshold_fen='state.income_before_fen', department="'乡镇'",
        evidence=quarter_text('state.quarter') ~ " || '家庭可支配收入 ' || " ~ yuan_said('state.income_fen') ~ " || '，上一季度 '
            || " ~ yuan_said('state.income_before_fen') ~ " || '，变化 ' || " ~ yuan_said('state.income_fen - state.income_before_fen')
    ) }}
from judged as state
