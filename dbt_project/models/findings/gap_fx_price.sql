-- FX-price: months of the window for which the price subsidy was set off (the county says so, or some household was paid it),
-- and dibao and 特困 households of the time that were not paid it in that month.
with paid as (
    select distinct members.household_no, {{ month_start('payments.paid_on') }} as month
    from {{ ref('stg_subsidy_payment') }} as payments
    inner join {{ ref('subsidy_item') }} as items on payments.item = items.item and items.kind = '价格临时补贴'
    inner join {{ ref('int_day') }} as day on payments.paid_on between day.first_month and day.as_of
    inner join {{ ref('int_member_at') }} as members
        on day.as_of = members.as_of and payments.person_key = members.person_key
),

set_off as (
    select distinct paid.month
    from paid
    inner join {{ ref('int_day') }} as day on paid.month <= day.last_month
    union
    select windows.month
    from {{ ref('int_window_month') }} as windows
    inner join {{ ref('int_day') }} as day on windows.as_of = day.as_of
    inner join {{ source('raw', 'run') }} as run on day.as_of = run.as_of
    inner join {{ ref('int_parameter') }} as parameters
        on parameters.clause = 'FX-price'
            and parameters.parameter = 'set_off'
            and parameters.value = '1'
            and substr(run.county_region, 1, length(parameters.region_code)) = parameters.region_code
            and parameters.effective_from <= last_day(windows.month)
            and (parameters.effective_to is null or parameters.effective_to >= windows.month)
    where windows.income_window = 'current'
),

due as (
    select distinct states.as_of, states.household_no, states.region_code, set_off.month
    from {{ adopted_state('FX') }} as states
    inner join {{ ref('int_member_at') }} as members
        on states.as_of = members.as_of and states.household_no = members.household_no
    inner join {{ ref('int_roster_month') }} as roster on members.person_key = roster.person_key
    inner join set_off on roster.month = set_off.month
    where roster.category in ('农村低保', '城市低保', '特困供养')
),

judged as (
    select
        due.as_of,
        due.household_no,
        due.region_code,
        count(*) as months,
        {{ joined_text(month_text('due.month'), 'due.month', '、') }} as month_names
    from due
    where not exists (
        select 1 from paid where paid.household_no = due.household_no and paid.month = due.month
    )
    group by due.as_of, due.household_no, due.region_code
)

select
    {{ finding(
        rule="'gap_fx_price'", kind="'gap'", document="'FX'", clause="'FX-price'", subject="'价格临时补贴未发放'", basis='state.month_names',
        measured_name="'months_unpaid'", measured='state.months', unit="'个月'", department="'民政'",
        evidence="'启动价格临时补贴的月份中，未见发放：' || state.month_names"
    ) }}
from judged as state
