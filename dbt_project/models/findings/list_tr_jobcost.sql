-- TR-jobcost: households from whose income the declared cost of employment was deducted, and where the cap on it bit.
with declared as (
    select
        households.household_no,
        {{ rounded_quotient('cast(sum(quarters.employment_cost_thirds) as bigint)', 3) }} as declared_fen
    from {{ ref('int_income_quarter') }} as quarters
    inner join {{ ref('int_day') }} as day on quarters.as_of = day.as_of
    inner join {{ ref('int_household_at') }} as households on quarters.household_id = households.household_id
    where quarters.income_window = 'current'
    group by households.household_no
),

judged as (
    select states.*, declared.declared_fen, incomes.employment_cost_fen, incomes.total_income_fen
    from {{ adopted_state('TR') }} as states
    inner join {{ ref('int_household_income') }} as incomes
        on states.as_of = incomes.as_of and states.household_no = incomes.household_no and incomes.income_window = 'current'
    inner join declared on states.household_no = declared.household_no
    where declared.declared_fen > 0
)

select
    {{ finding(
        rule="'list_tr_jobcost'", kind="'list'", document="'TR'", clause="'TR-jobcost'",
        subject="case when state.declared_fen > state.employment_cost_fen then '就业成本按上限扣减' else '就业成本已扣减' end",
        basis="case when state.declared_fen > state.employment_cost_fen then 'capped' else 'deducted' end",
        measured_name="'employment_cost_declared'", measured_fen='state.declared_fen', threshold_name="'就业成本扣减额'",
        threshold_fen='state.employment_cost_fen', department="'民政'",
        evidence="'申报就业成本 ' || " ~ yuan_said('state.declared_fen') ~ " || '，家庭总收入 ' || " ~ yuan_said('state.total_income_fen')
            ~ " || '，扣减 ' || " ~ yuan_said('state.employment_cost_fen')
            ~ " || case when state.declared_fen > state.employment_cost_fen then '（已达上限）' else '' end"
    ) }}
from judged as state
