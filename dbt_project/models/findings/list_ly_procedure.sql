-- LY-procedure: each open case of entering or leaving, the step it is at and the days in it.
select
    {{ finding(
        rule="'list_ly_procedure'", kind="'list'", document="'LY'", clause="'LY-procedure'", subject="state.purpose || '程序中'",
        basis="state.case_no || ';' || state.step_at", measured_name="'days_in_step'", measured='state.days_in_step', unit="'天'",
        department="case when state.step_at in ('县级审批', '市级审定') then '乡村振兴' else '乡镇' end",
        evidence="'事项 ' || state.case_no || '，自 ' || " ~ day_text('state.opened_on') ~ " || ' 开始，现在' || state.step_at || '环节，已 '
            || " ~ as_text('state.days_in_step') ~ " || ' 天'",
        source_receipt='state._receipt', source_row='state._row'
    ) }}
from {{ ref('int_case') }} as state
where state.document = 'LY' and state.step_at is not null
