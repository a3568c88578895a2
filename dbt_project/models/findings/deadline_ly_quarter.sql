-- LY-quarter: review material due in the running quarter, handed in late, or incomplete.
with judged as (
    select
        owed.*, '季度复审材料待交' as subject, 'due' as basis,
        {{ quarter_text('first_day') }} || '复审材料应在 ' || {{ day_text('due_on') }} || ' 前提供' as evidence
    from {{ ref('int_review_due') }} as owed
    where submitted_on is null and due_on > as_of
    union all
    select
        owed.*, '季度复审材料迟交' as subject, 'late' as basis,
        {{ quarter_text('first_day') }} || '复审材料于 ' || {{ day_text('submitted_on') }} || ' 提交，迟交 '
        || {{ as_text(days_between('due_on', 'submitted_on')) }} || ' 天' as evidence
    from {{ ref('int_review_due') }} as owed
    where submitted_on > due_on
    union all
    select
        owed.*, '季度复审材料不齐' as subject, 'incomplete' as basis,
        {{ quarter_text('first_day') }} || '复审材料不齐全' as evidence
    from {{ ref('int_review_due') }} as owed
    where submitted_on is not null and not is_complete
)

select
    {{ finding(
        rule="'deadline_ly_quarter'", kind="'deadline'", document="'LY'", clause="'LY-quarter'", subject='state.subject', basis='state.basis',
        due_on='state.due_on', department="'乡镇'", evidence='state.evidence', unit='null',
        source_receipt='state._receipt', source_row='state._row'
    ) }}
from judged as state
