-- One row per as-of day, income window and month of it, with the quarter the month is in.
select
    windows.as_of,
    windows.income_window,
    months.day as month,
    {{ quarter_start('months.day') }} as quarter
from {{ ref('int_window') }} as windows
inner join {{ ref('working_day') }} as months
    on months.day between windows.first_month and windows.last_month
where months.day = {{ month_start('months.day') }}
