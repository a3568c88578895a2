-- One row per household of the low-income register: help and visits of the reporting month, which ends on the report day of D's month.
with month as (
    select
        thresholds.as_of,
        thresholds.region_code,
        {{ add_days(day_of_month(add_months(month_start('thresholds.as_of'), -1), 'report.day'), 1) }} as first_day,
        {{ day_of_month(month_start('thresholds.as_of'), 'report.day') }} as report_on
    from {{ ref('int_threshold') }} as thresholds
    inner join {{ ref('int_as_of') }} as days on thresholds.as_of = days.as_of and days.is_day
    inner join (
        select as_of, region_code, cast(value as integer) as day
        from {{ ref('int_parameter_at') }}
        where clause = 'FQ-rhythm' and parameter = 'report_day'
    ) as report on thresholds.as_of = report.as_of and thresholds.region_code = report.region_code
),

helped as (
    select
        register.household_no,
        count(*) as measures,
        coalesce(sum(measures.amount_fen), 0) as amount_fen,
        {{ joined_text('measures.kind', 'measures.kind', '、') }} as kinds
    from {{ ref('rpt_low_income_register') }} as register
    inner join month on register.as_of = month.as_of and register.region_code = month.region_code
    inner join {{ ref('stg_assistance_measure') }} as measures
        on register.household_no = measures.household_no
            and measures.started_on between month.first_day and least(month.report_on, register.as_of)
    group by register.household_no
),

visited as (
    select register.household_no, count(*) as visits
    from {{ ref('rpt_low_income_register') }} as register
    inner join month on register.as_of = month.as_of and register.region_code = month.region_code
    inner join {{ ref('stg_visit_record') }} as visits
        on register.household_no = visits.household_no
            and visits.visited_on between month.first_day and least(month.report_on, register.as_of)
    group by register.household_no
)

select
    register.household_no,
    register.as_of,
    month.first_day,
    month.report_on,
    register.township_code,
    register.township,
    register.village,
    register.members,
    register.layer,
    monitored.monitor_class,
    register.main_cause,
    coalesce(helped.measures, 0) as measures,
    helped.kinds,
    {{ yuan('coalesce(helped.amount_fen, 0)') }} as amount_yuan,
    coalesce(visited.visits, 0) as visits,
    coalesce(monitored.has_helper, false) as has_helper,
    monitored.helper_rank,
    coalesce(monitored.has_partner, false) as has_partner
from {{ ref('rpt_low_income_register') }} as register
inner join month on register.as_of = month.as_of and register.region_code = month.region_code
left join helped on register.household_no = helped.household_no
left join visited on register.household_no = visited.household_no
left join {{ ref('fct_monitored_household') }} as monitored on register.household_no = monitored.household_no
