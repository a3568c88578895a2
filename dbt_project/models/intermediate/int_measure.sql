-- One row per measure started by D of a household on D, with whether it fell in the window and runs still.
select
    day.as_of,
    households.household_no,
    households.region_code,
    measures.person_key,
    measures.kind,
    measures.measure,
    measures.started_on,
    measures.ended_on,
    coalesce(measures.amount_fen, 0) as amount_fen,
    measures.started_on >= day.first_month as is_in_window,
    measures.ended_on is null or measures.ended_on >= day.as_of as is_running,
    measures._receipt,
    measures._row
from {{ ref('stg_assistance_measure') }} as measures
inner join {{ ref('int_day') }} as day on measures.started_on <= day.as_of
inner join {{ ref('int_household_at') }} as households
    on day.as_of = households.as_of and measures.household_no = households.household_no
