-- LY-quarter: no review material for a quarter that is over: the household is helped no longer, a reason of leaving of its own. Where no
-- file of the quarter or a later one has come, nobody is late by it.
select
    {{ finding(
        rule="'exit_ly_lapse'", kind="'exit'", document="'LY'", clause="'LY-quarter'", subject="'季度复审逾期停止'", basis="'lapsed'",
        due_on='state.due_on', department="'乡镇'", unit='null',
        evidence=quarter_text('state.first_day') ~ " || '复审材料至 ' || " ~ day_text('state.due_on')
            ~ " || ' 未提供，按规定不再继续救助帮扶'"
    ) }}
from {{ ref('int_review_due') }} as state
where state.submitted_on is null
    and state.due_on <= state.as_of
    and exists (
        select 1 from {{ ref('int_list_period') }} as lists
        where lists.form = 'review_material' and lists.period >= state.first_day
    )
