-- One row per as-of day, income window and quarter of it: how many of the quarter's months lie in the window.
select as_of, income_window, quarter, slot, cast(count(*) as integer) as months
from {{ ref('int_window_month') }}
group by as_of, income_window, quarter, slot
