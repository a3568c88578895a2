-- TR-exit: dibao households whose fade-out is over and whose income is still above the line: they leave, with how long it was above.
with judged as (
    select
        fades.as_of,
        fades.household_no,
        fades.region_code,
        fades.began_on,
        last_day(fades.last_month) as fade_end_on,
        {{ month_turns('fades.began_on', 'fades.as_of') }} as months_above,
        states.assessed_income_per_capita_fen,
        states.dibao_line,
        states.dibao_fen,
        states.dibao_region
    from {{ ref('int_fade_out') }} as fades
    inner join {{ ref('int_household_state') }} as states
        on fades.as_of = states.as_of and fades.household_no = states.household_no
    where fades.document = 'TR' and last_day(fades.last_month) < fades.as_of
)

select
    {{ finding(
        rule="'exit_tr_stable'", kind="'exit'", document="'TR'", clause="'TR-exit'", subject="'有序退出低保'", basis="'fade_out_over'",
        measured_name="'assessed_income_per_capita'", measured_fen='state.assessed_income_per_capita_fen', threshold_name='state.dibao_line',
        threshold_fen='state.dibao_fen', threshold_region='state.dibao_region', due_on='state.fade_end_on', department="'民政'",
        evidence="'人均核算收入 ' || " ~ yuan_said('state.assessed_income_per_capita_fen') ~ " || '，自 ' || " ~ day_text('state.began_on')
            ~ " || ' 起不低于低保标准，已 ' || " ~ as_text('state.months_above') ~ " || ' 个月；渐退期于 ' || " ~ day_text('state.fade_end_on')
            ~ " || ' 届满'"
    ) }}
from judged as state
