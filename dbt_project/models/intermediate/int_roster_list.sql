-- One row per as-of day: the month of the assistance roster that holds on it, the nearest earlier one, else the next; null where none came.
select days.as_of, coalesce(earlier.period, later.period) as period
from {{ ref('int_as_of') }} as days
left join (
    select days.as_of, max(lists.period) as period
    from {{ ref('int_as_of') }} as days
    inner join {{ ref('int_list_period') }} as lists on lists.form = 'assistance_roster' and lists.period <= days.as_of
    group by days.as_of
) as earlier on days.as_of = earlier.as_of
cross join (select min(period) as period from {{ ref('int_list_period') }} where form = 'assistance_roster') as later
