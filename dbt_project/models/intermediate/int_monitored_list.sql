-- One row: the month of the monitoring register that holds on D; null where none came.
select day.as_of, max(lists.period) as period
from {{ ref('int_day') }} as day
left join {{ ref('int_list_period') }} as lists on lists.form = 'monitored_register' and lists.period <= day.as_of
group by day.as_of
