-- FQ-schooling: pupils of monitored households in the compulsory stage who pay fees or have dropped out; beyond it, without a tier
-- or its aid.
with judged as (
    select
        pupils.*,
        case
            when pupils.is_compulsory and pupils.status = '辍学' then 'dropout'
            when pupils.is_compulsory and pupils.unpaid_fen > 0 then 'compulsory_fees'
            when pupils.status = '辍学' then null
            when not pupils.is_compulsory and pupils.aid_tier is null then 'no_tier'
            when not pupils.is_compulsory and pupils.aid_fen = 0 then 'no_aid'
        end as basis
    from {{ ref('int_pupil') }} as pupils
    inner join {{ ref('int_document_object') }} as objects
        on pupils.as_of = objects.as_of and pupils.household_no = objects.household_no and objects.document = 'FQ'
    where coalesce(pupils.status, '在读') in ('在读', '休学', '辍学')
)

select
    {{ finding(
        rule="'gap_fq_schooling'", kind="'gap'", document="'FQ'", clause="'FQ-schooling'", basis='state.basis', person='state.person_key',
        subject="case state.basis
            when 'dropout' then '义务教育阶段辍学'
            when 'compulsory_fees' then '义务教育费用未免除'
            when 'no_tier' then '家庭经济困难学生未认定等级'
            else '已认定等级未获资助' end",
        measured_name="'unpaid_fees'", measured_fen='state.unpaid_fen', department="'教育'",
        evidence="coalesce(state.stage, '学段未填') || coalesce(state.status, '') || '，学杂费 ' || " ~ yuan_said('state.fees_fen')
            ~ " || '，已资助 ' || " ~ yuan_said('state.aid_fen') ~ " || '，认定等级：' || coalesce(state.aid_tier, '未认定')",
        source_receipt='state._receipt', source_row='state._row'
    ) }}
from judged as state
where state.basis is not null
