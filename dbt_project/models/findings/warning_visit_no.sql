-- The latest visit in the span found one of the five guarantees missing. A blank is not a no.
with visited as (
    select
        households.as_of,
        households.region_code,
        households.household_no,
        visits.visited_on,
        visits.food_ok,
        visits.schooling_ok,
        visits.medical_ok,
        visits.housing_ok,
        visits.water_ok,
        visits._receipt,
        visits._row,
        row_number() over (partition by households.household_no order by visits.visited_on desc) as newest
    from {{ ref('stg_visit_record') }} as visits
    inner join {{ ref('int_household_at') }} as households on visits.household_no = households.household_no
    inner join {{ ref('int_as_of') }} as days on households.as_of = days.as_of and days.is_day
    inner join {{ ref('int_window') }} as windows on days.as_of = windows.as_of and windows.income_window = 'current'
    where visits.visited_on between windows.first_month and days.as_of
)

select
    {{ finding(
        rule="'visit_no'", kind="'warning'", clause="'warning'", document='null', subject="'走访发现保障缺口'", unit='null', department="'乡镇'",
        basis=branches([
            ('not coalesce(state.food_ok, true)', 'food_ok'),
            ('not coalesce(state.schooling_ok, true)', 'schooling_ok'),
            ('not coalesce(state.medical_ok, true)', 'medical_ok'),
            ('not coalesce(state.housing_ok, true)', 'housing_ok'),
            ('not coalesce(state.water_ok, true)', 'water_ok'),
        ]),
        evidence="cast(state.visited_on as " ~ dbt.type_string() ~ ") || ' 走访：' || " ~ branches([
            ('not coalesce(state.food_ok, true)', '吃穿愁'),
            ('not coalesce(state.schooling_ok, true)', '义务教育无保障'),
            ('not coalesce(state.medical_ok, true)', '基本医疗无保障'),
            ('not coalesce(state.housing_ok, true)', '住房安全无保障'),
            ('not coalesce(state.water_ok, true)', '饮水安全无保障'),
        ]),
        happened_on='state.visited_on', source_receipt='state._receipt', source_row='state._row'
    ) }}
from visited as state
where state.newest = 1
    and not (
        coalesce(state.food_ok, true) and coalesce(state.schooling_ok, true) and coalesce(state.medical_ok, true)
        and coalesce(state.housing_ok, true) and coalesce(state.water_ok, true)
    )
