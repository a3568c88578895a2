-- One row per household on D and quarter asked of it (the running one, and the latest that is over): its visits up to D. A quarter is
-- over once the list of its last month has come, too.
with quarter as (
    select as_of, quarter_first as first_day, quarter_last as last_day from {{ ref('int_day') }}
    union
    select as_of, over_quarter_first as first_day, over_quarter_last as last_day from {{ ref('int_day') }}
)

select
    households.as_of,
    households.household_no,
    households.region_code,
    quarter.first_day,
    quarter.last_day,
    quarter.last_day <= quarter.as_of and coalesce(told.period >= {{ month_start('quarter.last_day') }}, false) as is_over,
    count(visits.visited_on) as visits,
    max(visits.visited_on) as last_visit_on
from {{ ref('int_household_at') }} as households
inner join quarter on households.as_of = quarter.as_of
cross join (select max(period) as period from {{ ref('int_list_period') }} where form = 'visit_record') as told
left join {{ ref('stg_visit_record') }} as visits
    on households.household_no = visits.household_no
        and visits.visited_on between quarter.first_day and quarter.last_day
        and visits.visited_on <= households.as_of
group by
    households.as_of, households.household_no, households.region_code, quarter.first_day, quarter.last_day, quarter.as_of,
    told.period
