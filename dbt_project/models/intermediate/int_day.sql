-- One row: the day D, its window, the quarter it is in and the latest quarter that is over on it.
with day as (
    select
        days.as_of,
        windows.first_month,
        windows.last_month,
        {{ quarter_start('days.as_of') }} as quarter_first,
        {{ add_days(add_months(quarter_start('days.as_of'), 3), -1) }} as quarter_last
    from {{ ref('int_as_of') }} as days
    inner join {{ ref('int_window') }} as windows on days.as_of = windows.as_of and windows.income_window = 'current'
    where days.is_day
)

select
    as_of,
    first_month,
    last_month,
    last_day(last_month) as last_month_end,
    quarter_first,
    quarter_last,
    case when as_of = quarter_last then quarter_first else {{ add_months('quarter_first', -3) }} end as over_quarter_first,
    case when as_of = quarter_last then quarter_last else {{ add_days('quarter_first', -1) }} end as over_quarter_last,
    cast(date_trunc('year', as_of) as date) as year_first
from day
