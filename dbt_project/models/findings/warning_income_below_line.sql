-- Disposable income per head strictly below the watch line in force on the day.
select
    {{ finding(
        rule="'income_below_line'", kind="'warning'", clause="'warning'", document='null', subject="'收入低于监测线'",
        basis=yuan_text('state.disposable_income_per_capita_fen') ~ " || '<' || " ~ yuan_text('state.watch_fen'),
        measured_name="'人均可支配收入'", measured_fen='state.disposable_income_per_capita_fen',
        threshold_name='state.watch_line', threshold_fen='state.watch_fen', threshold_region='state.watch_region', department="'乡镇'",
        evidence="'近12个月人均可支配收入 ' || " ~ yuan_text('state.disposable_income_per_capita_fen') ~ " || ' 元，低于'
            || state.watch_line || ' ' || " ~ yuan_text('state.watch_fen') ~ " || ' 元'
            || case when state.income_status = '部分' then '（部分季度未调查）' else '' end"
    ) }}
from {{ ref('int_household_state') }} as state
where state.is_day
    and state.income_status <> '待定'
    and state.disposable_income_per_capita_fen < state.watch_fen
