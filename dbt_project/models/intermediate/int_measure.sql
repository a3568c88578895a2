-- One row per measure started by D of a household on D, with whether it fell in the window and runs still. A kind left blank is the one
-- that the measure's own name tells.
{%- set kinds = [
    '危房改造', '医疗救助', '临时救助', '应急救助', '教育资助', '公益岗位', '岗位推送', '技能培训', '就业帮扶', '产业帮扶', '金融帮扶', '服务类救助',
] %}
select
    day.as_of,
    households.household_no,
    households.region_code,
    measures.person_key,
    coalesce(
        measures.kind,
        case
            {%- for kind in kinds %}
            when measures.measure like '%{{ kind }}%' then '{{ kind }}'
            {%- endfor %}
        end
    ) as kind,
    measures.measure,
    measures.started_on,
    measures.ended_on,
    coalesce(measures.amount_fen, 0) as amount_fen,
    measures.started_on >= day.first_month as is_in_window,
    measures.ended_on is null or measures.ended_on >= day.as_of as is_running,
    measures._receipt,
    measures._row
from {{ ref('stg_assistance_measure') }} as measures
inner join {{ ref('int_day') }} as day on measures.started_on <= day.as_of
inner join {{ ref('int_household_at') }} as households
    on day.as_of = households.as_of and measures.household_no = households.household_no
