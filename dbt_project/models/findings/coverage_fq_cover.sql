-- FQ-cover: monitored households not yet visited or called this quarter or missed in the latest one over, and the county's count for each.
with asked as (
    select visits.*, '' as called
    from {{ ref('int_quarter_visit') }} as visits
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'FQ'
    inner join {{ ref('int_monitored') }} as monitored
        on visits.as_of = monitored.as_of and visits.household_no = monitored.household_no
    where monitored.is_monitored and coalesce(monitored.entered_on, monitored.identified_on) <= visits.last_day
),

{{ quarter_coverage('coverage_fq_cover', 'FQ', 'FQ-cover', '走访或电话随访', '季度督导覆盖', '监测对象', '监测对象户数', '乡村振兴') }}
