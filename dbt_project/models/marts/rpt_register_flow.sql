-- One row per period of D, and region or class: how many households the register had before, took in, let go and has.
-- LS-closed: opening + found - closed = open at the end, for any period, region and class.
with life as (
    select
        monitored.as_of,
        households.region_code,
        households.township_code,
        coalesce(monitored.monitor_class, '未填写') as monitor_class,
        coalesce(monitored.entered_on, monitored.identified_on) as opened_on,
        case
            when not monitored.is_monitored
                then greatest(
                    least(coalesce(monitored.left_on, monitored.eliminated_on, monitored.as_of), monitored.as_of),
                    coalesce(monitored.entered_on, monitored.identified_on)
                )
        end as closed_on
    from {{ ref('int_monitored') }} as monitored
    inner join {{ ref('int_published_household') }} as published
        on monitored.as_of = published.as_of and monitored.household_no = published.household_no
    inner join {{ ref('int_household_at') }} as households
        on monitored.as_of = households.as_of and monitored.household_no = households.household_no
    where not monitored.has_entry_case or monitored.entered_on is not null
),

counted as (
    {%- for name, value in [
        ('county', 'run.county_region'), ('township', 'life.township_code'), ('village', 'life.region_code'),
        ('class', 'life.monitor_class'),
    ] %}
    {%- for period, first_day in [('month', month_start('run.as_of')), ('quarter', quarter_start('run.as_of')),
        ('year', "cast(date_trunc('year', run.as_of) as date)")] %}
    select
        run.as_of,
        '{{ period }}' as period,
        {{ first_day }} as first_day,
        '{{ name }}' as dimension,
        {{ value }} as dimension_value,
        count(case when life.opened_on < {{ first_day }} and (life.closed_on is null or life.closed_on >= {{ first_day }}) then 1 end)
            as opening,
        count(case when life.opened_on >= {{ first_day }} then 1 end) as found,
        count(case when life.closed_on >= {{ first_day }} then 1 end) as closed,
        count(case when life.opened_on is not null and life.closed_on is null then 1 end) as open_now
    from {{ source('raw', 'run') }} as run
    {{ 'left' if name == 'county' else 'inner' }} join life on run.as_of = life.as_of
    group by run.as_of, {{ first_day }}, {{ value }}
    {%- if not (loop.last and name == 'class') %}
    union all
    {%- endif %}
    {%- endfor %}
    {%- endfor %}
)

select as_of, period, first_day, dimension, dimension_value as value, opening, found, closed, open_now
from counted
