-- FX-jobcost: households from whose income the cost of employment was deducted; and ways of employment for which the city set no amount.
with judged as (
    select
        states.as_of, states.region_code, states.household_no, '就业成本已扣减' as subject, 'deducted' as basis,
        incomes.employment_cost_fen as cost_fen,
        '按就业方式扣减就业成本 ' || {{ yuan_said('incomes.employment_cost_fen') }} || '；扣减前家庭核算收入 '
        || {{ yuan_said('incomes.assessed_income_fen + incomes.employment_cost_fen') }} || '，扣减后 '
        || {{ yuan_said('incomes.assessed_income_fen') }} as evidence
    from {{ adopted_state('FX') }} as states
    inner join {{ ref('int_household_income') }} as incomes
        on states.as_of = incomes.as_of and states.household_no = incomes.household_no and incomes.income_window = 'current'
    where incomes.employment_cost_fen > 0
    union all
    select
        day.as_of, run.county_region as region_code, cast(null as {{ dbt.type_string() }}) as household_no,
        '就业方式未定扣减额度' as subject, 'no_amount' as basis, cast(null as bigint) as cost_fen,
        '就业类型“' || coalesce(jobs.job_kind, '未填') || '”在岗 ' || {{ as_text('count(*)') }} || ' 人月，本市未定扣减额度，未扣减' as evidence
    from {{ ref('stg_employment') }} as jobs
    inner join {{ ref('int_day') }} as day on jobs.month between day.first_month and day.last_month
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'FX'
    cross join {{ source('raw', 'run') }} as run
    inner join {{ ref('int_member_at') }} as members on day.as_of = members.as_of and jobs.person_key = members.person_key
    where jobs.status = '在岗'
        and not exists (
            select 1 from {{ ref('int_parameter_at') }} as amounts
            where amounts.as_of = day.as_of
                and amounts.region_code = run.county_region
                and amounts.clause = 'FX-jobcost'
                and amounts.parameter = 'monthly_amount.' || jobs.job_kind
        )
    group by day.as_of, run.county_region, jobs.job_kind
)

select
    {{ finding(
        rule="'list_fx_jobcost'", kind="'list'", document="'FX'", clause="'FX-jobcost'", subject='state.subject', basis='state.basis',
        measured_name="case when state.cost_fen is not null then 'employment_cost' end", measured_fen='state.cost_fen', department="'民政'",
        evidence='state.evidence'
    ) }}
from judged as state
