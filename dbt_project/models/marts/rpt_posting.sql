-- One row per household and matter that has to be posted in its village on D: public notices still running, and FX's standing lists.
with notice as (
    select
        cases.household_no,
        cases.as_of,
        case cases.purpose when '退出' then '拟退出监测帮扶' else '拟纳入监测帮扶' end as matter,
        min(cases.started_on) as first_day
    from {{ ref('fct_case') }} as cases
    where cases.step = '公开公示'
        and cases.started_on <= cases.as_of
        and (cases.ended_on is null or cases.ended_on >= cases.as_of)
    group by cases.household_no, cases.as_of, cases.purpose
),

dated as (
    select
        notice.household_no,
        notice.as_of,
        notice.matter,
        notice.first_day,
        households.region_code,
        min(ahead.day) as last_day
    from notice
    inner join {{ ref('dim_household') }} as households on notice.household_no = households.household_no
    inner join {{ ref('int_parameter_at') }} as parameters
        on notice.as_of = parameters.as_of
            and households.region_code = parameters.region_code
            and parameters.clause = 'LY-notice'
            and parameters.parameter = 'working_days'
    inner join {{ ref('int_working_day') }} as since on notice.first_day = since.day
    inner join {{ ref('int_working_day') }} as ahead
        on ahead.is_working_day
            and ahead.days_so_far
            = since.days_so_far - case when since.is_working_day then 1 else 0 end + cast(parameters.value as integer)
    group by notice.household_no, notice.as_of, notice.matter, notice.first_day, households.region_code
),

standing as (
    select
        households.household_no,
        households.as_of,
        case
            when households.is_on_tekun then '特困供养'
            when households.is_on_dibao then '农村低保'
            else '建档立卡'
        end as matter,
        cast(null as date) as first_day,
        cast(null as date) as last_day
    from {{ ref('dim_household') }} as households
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'FX'
    where households.is_on_tekun or households.is_on_dibao or households.is_registered_poor
),

posted as (
    select household_no, as_of, matter, first_day, last_day from dated
    union all
    select household_no, as_of, matter, first_day, last_day from standing
)

select
    posted.household_no,
    posted.as_of,
    households.township_code,
    households.township,
    households.region_code,
    households.village,
    households.members,
    posted.matter,
    posted.first_day,
    posted.last_day
from posted
inner join {{ ref('dim_household') }} as households on posted.household_no = households.household_no
