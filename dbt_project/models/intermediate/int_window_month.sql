-- One row per as-of day, income window and month of it, with the quarter the month is in.
-- slot numbers an as-of day's windows and quarters, for joins within one night.
select
    windows.as_of,
    windows.income_window,
    months.day as month,
    {{ quarter_start('months.day') }} as quarter,
    cast(dense_rank() over (
        partition by windows.as_of order by windows.income_window nulls last, {{ quarter_start('months.day') }} nulls last
    ) as integer) as slot
from {{ ref('int_window') }} as windows
inner join {{ ref('working_day') }} as months
    on months.day between windows.first_month and windows.last_month
where months.day = {{ month_start('months.day') }}
