-- LY-exit: monitored households whose income is above the standard, or whose difficulty help has solved; with what is still open.
with judged as (
    select
        exits.*,
        exits.is_cause_solved and exits.has_measure as is_solved_by_help
    from {{ ref('int_exit') }} as exits
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'LY'
    where exits.is_income_above or (exits.is_cause_solved and exits.has_measure)
)

select
    {{ finding(
        rule="'exit_ly_standard'", kind="'exit'", document="'LY'", clause="'LY-exit'",
        subject="case state.exit_candidate when 'yes' then '拟退出' when 'no' then '符合退出情形，条件未全' else '暂不标注退出' end",
        basis=branches([('state.is_income_above', 'income'), ('state.is_solved_by_help', 'difficulty_solved')]),
        measured_name="'disposable_income_per_capita'", measured_fen='state.disposable_income_per_capita_fen',
        threshold_name='state.watch_line', threshold_fen='state.watch_fen', threshold_region='state.watch_region', department="'乡镇'",
        evidence="'人均可支配收入 ' || " ~ yuan_said('state.disposable_income_per_capita_fen') ~ " || '，标准 ' || " ~ yuan_said('state.watch_fen')
            ~ " || case when state.is_income_above then '；收入持续高于标准' else '' end
            || case when state.is_solved_by_help then '；经帮扶主要困难已解决' else '' end
            || case when state.unmet = '' then '；各项退出条件均已满足' else '；尚未满足 ' || "
            ~ as_text("length(state.unmet) - length(replace(state.unmet, ';', '')) + 1") ~ " || ' 项退出条件' end"
    ) }}
from judged as state
