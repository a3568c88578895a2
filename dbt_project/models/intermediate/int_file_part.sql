-- One row per household monitored on D: which parts of its file (一户一档) the warehouse holds, and which not.
with surveyed as (
    select distinct surveys.household_no
    from {{ ref('stg_income_survey') }} as surveys
    inner join {{ ref('int_window_month') }} as months
        on surveys.quarter = months.quarter and months.income_window = 'current'
    inner join {{ ref('int_day') }} as day on months.as_of = day.as_of
),

visited as (
    select distinct visits.household_no
    from {{ ref('stg_visit_record') }} as visits
    inner join {{ ref('int_day') }} as day on visits.visited_on between day.first_month and day.as_of
),

measured as (
    select distinct household_no from {{ ref('int_measure') }}
),

part as (
    select
        monitored.as_of,
        monitored.household_no,
        households.region_code,
        case when monitored.has_entry_case then 1 else 0 end as has_case,
        case when surveyed.household_no is null then 0 else 1 end as has_survey,
        case when visited.household_no is null then 0 else 1 end as has_visit,
        case when measured.household_no is null then 0 else 1 end as has_measure,
        case when monitored.main_cause is null then 0 else 1 end as has_cause,
        monitored._receipt,
        monitored._row
    from {{ ref('int_monitored') }} as monitored
    inner join {{ ref('int_household_at') }} as households
        on monitored.as_of = households.as_of and monitored.household_no = households.household_no
    left join surveyed on monitored.household_no = surveyed.household_no
    left join visited on monitored.household_no = visited.household_no
    left join measured on monitored.household_no = measured.household_no
    where monitored.is_monitored
)

select
    part.*,
    has_case + has_survey + has_visit + has_measure + has_cause as parts_held,
    5 as parts_asked,
    substr(
        case when has_case = 1 then '' else '、认定程序资料' end
        || case when has_survey = 1 then '' else '、收入调查表' end
        || case when has_visit = 1 then '' else '、走访记录' end
        || case when has_measure = 1 then '' else '、帮扶措施' end
        || case when has_cause = 1 then '' else '、风险类型' end, 2
    ) as parts_missing
from part
