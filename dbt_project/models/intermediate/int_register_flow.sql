-- One row per period of D, and region or class: how many households the register had before, took in, let go and has, by times on it.
-- LS-closed: opening + found - closed = open at the end, for any period, region and class. The month before is told again: a
-- month's register comes after it is over, so who was found in it is not yet known at its end.
-- A row of the latest register is a time on it. Where it says eliminated and not when, the month of the first register that said so.
with told_out as (
    select household_no, identified_on, min(_period) as period
    from {{ ref('stg_monitored_register') }}
    where eliminated
    group by household_no, identified_on
),

listed as (
    select
        monitored.as_of,
        monitored.household_no,
        households.region_code,
        households.township_code,
        coalesce(monitored.monitor_class, '未填写') as monitor_class,
        monitored.identified_on,
        monitored.is_monitored,
        monitored.entered_on is not null as has_entered,
        least(coalesce(monitored.left_on, monitored.eliminated_on, last_day(told_out.period), monitored.as_of), monitored.as_of) as left_on,
        least(coalesce(monitored.eliminated_on, last_day(told_out.period), monitored.as_of), monitored.as_of) as eliminated_on
    from {{ ref('int_monitored') }} as monitored
    inner join {{ ref('int_published_household') }} as published
        on monitored.as_of = published.as_of and monitored.household_no = published.household_no
    inner join {{ ref('int_household_at') }} as households
        on monitored.as_of = households.as_of and monitored.household_no = households.household_no
    left join told_out
        on monitored.household_no = told_out.household_no and monitored.identified_on = told_out.identified_on
    where not monitored.has_entry_case or monitored.entered_on is not null
),

-- Times before the latest one that the register still has a row of.
earlier as (
    select
        listed.region_code,
        listed.township_code,
        coalesce(register.monitor_class, '未填写') as monitor_class,
        listed.as_of,
        register.identified_on as opened_on,
        least(
            greatest(coalesce(register.eliminated_on, last_day(told_out.period), listed.identified_on), register.identified_on),
            listed.identified_on
        ) as closed_on
    from listed
    inner join {{ ref('int_monitored_list') }} as lists on listed.as_of = lists.as_of
    inner join {{ ref('stg_monitored_register') }} as register
        on lists.period = register._period
            and listed.household_no = register.household_no
            and listed.identified_on > register.identified_on
    left join told_out
        on register.household_no = told_out.household_no and register.identified_on = told_out.identified_on
    where not listed.has_entered
),

-- Households that the county approved out and the register has dropped.
dropped as (
    select
        households.region_code,
        households.township_code,
        '未填写' as monitor_class,
        gone.as_of,
        coalesce(gone.entered_on, cast('1900-01-01' as date)) as opened_on,
        gone.left_on as closed_on
    from {{ ref('int_left') }} as gone
    inner join {{ ref('int_published_household') }} as published
        on gone.as_of = published.as_of and gone.household_no = published.household_no
    inner join {{ ref('int_household_at') }} as households
        on gone.as_of = households.as_of and gone.household_no = households.household_no
    where not exists (select 1 from listed where listed.household_no = gone.household_no)
),

approval as (
    select
        listed.household_no,
        cases.purpose,
        coalesce(cases.ended_on, cases.started_on) as decided_on,
        lag(cases.purpose) over (
            partition by listed.household_no order by coalesce(cases.ended_on, cases.started_on) nulls last, cases.purpose nulls last
        ) as purpose_before
    from listed
    inner join {{ ref('stg_procedure_event') }} as cases on listed.household_no = cases.household_no
    where cases.step = '县级审批'
        and cases.outcome = '通过'
        and coalesce(cases.ended_on, cases.started_on) <= listed.as_of
        and listed.has_entered
),

-- A time on the register for each approval to enter; the one that was over before the first of them began before cases were on file.
spell as (
    select
        entries.household_no,
        entries.decided_on as opened_on,
        min(leaving.decided_on) as left_on
    from approval as entries
    left join approval as leaving
        on entries.household_no = leaving.household_no
            and leaving.purpose = '退出'
            and leaving.decided_on >= entries.decided_on
    where entries.purpose = '纳入' and coalesce(entries.purpose_before, '退出') = '退出'
    group by entries.household_no, entries.decided_on
    union all
    select household_no, cast('1900-01-01' as date) as opened_on, decided_on as left_on
    from approval
    where purpose = '退出' and purpose_before is null
),

life as (
    select
        region_code,
        township_code,
        monitor_class,
        as_of,
        identified_on as opened_on,
        case when not is_monitored then greatest(left_on, identified_on) end as closed_on
    from listed
    where not has_entered
    union all
    select * from earlier
    union all
    select * from dropped
    union all
    select
        listed.region_code,
        listed.township_code,
        listed.monitor_class,
        listed.as_of,
        spell.opened_on,
        coalesce(spell.left_on, case when not listed.is_monitored then greatest(listed.eliminated_on, spell.opened_on) end) as closed_on
    from listed
    inner join spell on listed.household_no = spell.household_no
),

counted as (
    {%- for name, value in [
        ('county', 'run.county_region'), ('township', 'life.township_code'), ('village', 'life.region_code'),
        ('class', 'life.monitor_class'),
    ] %}
    {%- for period, first_day, last_day in [
        ('month', month_start('run.as_of'), 'run.as_of'),
        ('last_month', add_months(month_start('run.as_of'), -1), add_days(month_start('run.as_of'), -1)),
        ('quarter', quarter_start('run.as_of'), 'run.as_of'),
        ('year', "cast(date_trunc('year', run.as_of) as date)", 'run.as_of'),
    ] %}
    select
        run.as_of,
        '{{ period }}' as period,
        {{ first_day }} as first_day,
        '{{ name }}' as dimension,
        {{ value }} as dimension_value,
        count(case when life.opened_on < {{ first_day }} and (life.closed_on is null or life.closed_on >= {{ first_day }}) then 1 end)
            as opening,
        count(case when life.opened_on between {{ first_day }} and {{ last_day }} then 1 end) as found,
        count(case when life.closed_on between {{ first_day }} and {{ last_day }} then 1 end) as closed,
        count(case when life.opened_on <= {{ last_day }} and (life.closed_on is null or life.closed_on > {{ last_day }}) then 1 end)
            as open_now
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
