-- One row per as-of day and household: necessary cost of employment by way of employment (FX-jobcost), in fen over the current window.
-- Two jobs of a person in a month count once, by the larger amount; a kind without an amount deducts nothing.
-- The document is asked as a constant, which the planner sees first: without it no job is joined to anything.
with job_month as (
    select
        members.as_of,
        members.household_no,
        members.person_key,
        jobs.month,
        max(cast(cast(amounts.value as decimal(18, 2)) * 100 as bigint)) as cost_fen
    from {{ ref('stg_employment') }} as jobs
    inner join {{ ref('int_member_at') }} as members on jobs.person_key = members.person_key
    inner join {{ ref('int_household_at') }} as households
        on members.as_of = households.as_of and members.household_no = households.household_no
    inner join {{ ref('int_window_month') }} as windows
        on members.as_of = windows.as_of and jobs.month = windows.month and windows.income_window = 'current'
    inner join {{ ref('int_parameter_at') }} as amounts
        on households.as_of = amounts.as_of
            and households.region_code = amounts.region_code
            and amounts.clause = 'FX-jobcost'
            and amounts.parameter = 'monthly_amount.' || jobs.job_kind
    where jobs.status = '在岗'
        and 'FX' in (select document from {{ source('raw', 'county_document') }})
    group by members.as_of, members.household_no, members.person_key, jobs.month
)

select as_of, household_no, cast(sum(cost_fen) as bigint) as employment_cost_fen
from job_month
group by as_of, household_no
