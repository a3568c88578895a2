-- Household income fell by the county's share or more against the 12 months before; both windows surveyed in full. No cause is asked.
with judged as (
    select households.*, thresholds.warning_fall_ppm
    from {{ ref('int_household_state') }} as households
    inner join {{ ref('int_threshold') }} as thresholds
        on households.as_of = thresholds.as_of and households.region_code = thresholds.region_code
    where households.is_day
        and households.income_status = '完整'
        and households.previous_income_status = '完整'
        and households.previous_disposable_income_fen > 0
)

select
    {{ finding(
        rule="'income_fell'", kind="'warning'", clause="'warning'", document='null', subject="'收入骤减'",
        basis=yuan_text('state.previous_disposable_income_fen') ~ " || '->' || " ~ yuan_text('state.disposable_income_fen'),
        measured_name="'家庭可支配收入'", measured_fen='state.disposable_income_fen',
        threshold_name="'上一个12个月家庭可支配收入'", threshold_fen='state.previous_disposable_income_fen', department="'乡镇'",
        evidence="'家庭可支配收入由 ' || " ~ yuan_text('state.previous_disposable_income_fen') ~ " || ' 元降至 '
            || " ~ yuan_text('state.disposable_income_fen') ~ " || ' 元'"
    ) }}
from judged as state
where (state.previous_disposable_income_fen - state.disposable_income_fen) * 1000000
    >= state.warning_fall_ppm * state.previous_disposable_income_fen
