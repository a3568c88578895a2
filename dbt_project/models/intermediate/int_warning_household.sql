-- One row per household that can have a warning on D: those published on D, and those that dropped off the household list
-- with a warning behind them, at the place where the last list had them.
with day as (
    select as_of from {{ ref('int_as_of') }} where is_day
),

dropped as (
    select
        day.as_of,
        households.household_no,
        households.region_code,
        households.township,
        households.village,
        row_number() over (partition by households.household_no order by households._period desc) as newest
    from {{ ref('stg_registry_household') }} as households
    inner join day on households._period <= day.as_of
    inner join (select distinct household_no from {{ source('raw', 'ledger_warning') }}) as warned
        on households.household_no = warned.household_no
    where not exists (
        select 1 from {{ ref('int_household_at') }} as listed
        where listed.as_of = day.as_of and listed.household_no = households.household_no
    )
)

select
    states.as_of,
    states.household_no,
    states.region_code,
    states.township_code,
    states.township,
    states.village,
    states.is_monitored,
    true as is_listed
from {{ ref('int_household_state') }} as states
inner join {{ ref('int_published_household') }} as published
    on states.as_of = published.as_of and states.household_no = published.household_no
union all
select
    dropped.as_of,
    dropped.household_no,
    dropped.region_code,
    substr(dropped.region_code, 1, 9) as township_code,
    dropped.township,
    dropped.village,
    false as is_monitored,
    false as is_listed
from dropped
where dropped.newest = 1
