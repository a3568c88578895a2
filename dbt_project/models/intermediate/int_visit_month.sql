-- One row per household monitored on D and full month of the window since it was taken in: how many visits it had. A month whose
-- list has not come yet says of nobody that he was not visited.
with told as (
    select max(period) as period from {{ ref('int_list_period') }} where form = 'visit_record'
),

visit as (
    select household_no, {{ month_start('visited_on') }} as month, count(*) as visits
    from {{ ref('stg_visit_record') }}
    group by household_no, {{ month_start('visited_on') }}
)

select
    monitored.as_of,
    monitored.household_no,
    windows.month,
    coalesce(visit.visits, 0) as visits
from {{ ref('int_monitored') }} as monitored
inner join {{ ref('int_window_month') }} as windows
    on monitored.as_of = windows.as_of
        and windows.income_window = 'current'
        and windows.month >= coalesce(monitored.entered_on, monitored.identified_on)
inner join told on windows.month <= told.period
left join visit on monitored.household_no = visit.household_no and windows.month = visit.month
where monitored.is_monitored
