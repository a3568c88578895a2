-- One row per as-of day and income window: the current 12 full months, and on D the 12 before and the calendar years that documents
-- ask for.
with days as (
    select
        as_of,
        is_day,
        case
            when as_of = last_day(as_of) then {{ month_start('as_of') }}
            else {{ add_months(month_start('as_of'), -1) }}
        end as last_month
    from {{ ref('int_as_of') }}
),

calendar_year as (
    select cast(parameters.value as integer) as year_no
    from {{ ref('int_parameter_at') }} as parameters
    inner join days on parameters.as_of = days.as_of and days.is_day
    inner join {{ source('raw', 'run') }} as run on parameters.region_code = run.county_region
    where parameters.clause = 'FQ-classes' and parameters.parameter = 'net_income_year'
        and exists (select 1 from {{ source('raw', 'county_document') }} as adopted where adopted.document = 'FQ')
)

select as_of, 'current' as income_window, {{ add_months('last_month', -11) }} as first_month, last_month
from days
union all
select as_of, 'previous' as income_window, {{ add_months('last_month', -23) }} as first_month, {{ add_months('last_month', -12) }} as last_month
from days
where is_day
union all
select
    days.as_of,
    'net_income_year' as income_window,
    cast(cast(calendar_year.year_no as {{ dbt.type_string() }}) || '-01-01' as date) as first_month,
    cast(cast(calendar_year.year_no as {{ dbt.type_string() }}) || '-12-01' as date) as last_month
from days
cross join calendar_year
where days.is_day and extract(year from days.as_of) > calendar_year.year_no
union all
-- LY-medical compares with the household's income of the year before D's.
select
    days.as_of,
    'last_year' as income_window,
    {{ add_months("cast(date_trunc('year', days.as_of) as date)", -12) }} as first_month,
    {{ add_months("cast(date_trunc('year', days.as_of) as date)", -1) }} as last_month
from days
inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'LY'
where days.is_day
