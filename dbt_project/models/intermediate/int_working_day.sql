-- One row per day: whether it is a working day, and how many working days there were up to and with it.
select
    day,
    is_working_day,
    sum(case when is_working_day then 1 else 0 end) over (order by day nulls last rows unbounded preceding) as days_so_far
from {{ ref('working_day') }}
