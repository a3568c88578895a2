-- One row per monitored household and quarter of which it owes review material on D (LY-quarter): the running and the latest over.
-- A household owes material from the first quarter that began after it was identified.
with quarter as (
    select as_of, quarter_first as first_day, quarter_last as last_day from {{ ref('int_day') }}
    union
    select as_of, over_quarter_first as first_day, over_quarter_last as last_day from {{ ref('int_day') }}
)

select
    monitored.as_of,
    monitored.household_no,
    households.region_code,
    quarter.first_day,
    {{ add_days('quarter.last_day', 'thresholds.review_grace_days') }} as due_on,
    materials.submitted_on,
    coalesce(materials.complete, true) as is_complete,
    materials._receipt,
    materials._row
from {{ ref('int_monitored') }} as monitored
inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'LY'
inner join quarter on monitored.as_of = quarter.as_of and monitored.identified_on < quarter.first_day
inner join {{ ref('int_household_at') }} as households
    on monitored.as_of = households.as_of and monitored.household_no = households.household_no
inner join {{ ref('int_finding_threshold') }} as thresholds
    on households.as_of = thresholds.as_of and households.region_code = thresholds.region_code
left join {{ ref('stg_review_material') }} as materials
    on monitored.household_no = materials.household_no
        and quarter.first_day = materials.quarter
        and materials.submitted_on <= monitored.as_of
where monitored.is_monitored
