-- TR-refer: low-income people who qualify for schooling, medical, housing or employment aid and do not have it: referred to that
-- department.
with judged as (
    select calls.*, objects.called
    from {{ ref('int_measure_call') }} as calls
    inner join {{ ref('int_document_object') }} as objects
        on calls.as_of = objects.as_of and calls.household_no = objects.household_no and objects.document = 'TR'
    where calls.area in ('教育资助', '医疗救助', '危房改造', '就业帮扶') and not calls.is_helped
)

select
    {{ finding(
        rule="'gap_tr_refer'", kind="'gap'", document="'TR'", clause="'TR-refer'", subject="'转介' || state.area", basis='state.area',
        person='state.person_key', department='state.department', unit='null', evidence="state.called || '，' || state.reason || '，转介' || state.department"
    ) }}
from judged as state
