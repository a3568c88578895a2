-- One row per day that the night answers for: the day D, and the month ends that rules look back to.
with run as (
    select as_of, history_months from {{ source('raw', 'run') }}
),

-- Before the first list nobody is a household; a month without a roster of its own has the nearest one.
first_list as (
    select min(lists.period) as period
    from {{ ref('int_list_period') }} as lists
    where lists.form = 'registry_household'
        and exists (select 1 from {{ ref('int_list_period') }} as rosters where rosters.form = 'assistance_roster')
),

fade_documents as (
    select count(*) as adopted
    from {{ source('raw', 'county_document') }}
    where document in ('FX', 'TR')
),

exit_months as (
    select max(cast(value as integer)) as months
    from {{ ref('int_parameter') }}
    where clause = 'exit' and parameter = 'income_months'
),

month_ends as (
    select
        last_day(calendar.day) as as_of,
        row_number() over (order by last_day(calendar.day) desc) as months_back
    from {{ ref('working_day') }} as calendar
    cross join run
    where calendar.day = {{ month_start('calendar.day') }}
        and last_day(calendar.day) <= run.as_of
)

select
    days.as_of,
    max(days.is_day) = 1 as is_day,
    min(days.months_back) as months_back,
    max(days.is_exit) = 1 as is_exit_month_end,
    max(days.is_fade) = 1 as is_fade_month_end,
    max(days.is_history) = 1 as is_history
from (
    select run.as_of, 1 as is_day, null as months_back, 0 as is_exit, 0 as is_fade, 0 as is_history
    from run
    union all
    select
        month_ends.as_of,
        0 as is_day,
        month_ends.months_back,
        case when month_ends.months_back <= exit_months.months then 1 else 0 end as is_exit,
        case when fade_documents.adopted > 0 and month_ends.as_of >= first_list.period then 1 else 0 end as is_fade,
        case when month_ends.months_back <= run.history_months then 1 else 0 end as is_history
    from month_ends
    cross join run
    cross join exit_months
    cross join fade_documents
    cross join first_list
) as days
where days.is_day + days.is_exit + days.is_fade + days.is_history > 0
group by days.as_of
