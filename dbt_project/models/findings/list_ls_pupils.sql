-- LS-pupils: one row per pupil of a household in difficulty: stage, fees, aid, and what is left without a source.
with judged as (
    select pupils.*, objects.called
    from {{ ref('int_pupil') }} as pupils
    inner join {{ ref('int_document_object') }} as objects
        on pupils.as_of = objects.as_of and pupils.household_no = objects.household_no and objects.document = 'LS'
    where coalesce(pupils.status, '在读') in ('在读', '休学')
)

select
    {{ finding(
        rule="'list_ls_pupils'", kind="'list'", document="'LS'", clause="'LS-pupils'", person='state.person_key',
        subject="case when state.unpaid_fen > 0 then '就学费用无来源' when state.has_fees then '就学有保障' else '就学费用未填' end",
        basis="coalesce(state.stage, '学段未填')", measured_name="'unpaid_fees'", measured_fen='state.unpaid_fen', department="'教育'",
        evidence="state.called || '，' || coalesce(state.stage, '学段未填') || coalesce(state.status, '') || '，学杂费 '
            || case when state.has_fees then " ~ yuan_said('state.fees_fen') ~ " else '未填' end || '，已资助 ' || " ~ yuan_said('state.aid_fen') ~ " || '，缺口 ' || " ~ yuan_said('state.unpaid_fen'),
        source_receipt='state._receipt', source_row='state._row'
    ) }}
from judged as state
