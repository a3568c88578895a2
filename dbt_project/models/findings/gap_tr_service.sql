-- TR-service: members of assisted and low-income households who cannot care for themselves, without a running visit or care service.
with judged as (
    select calls.*, objects.called
    from {{ ref('int_measure_call') }} as calls
    inner join {{ ref('int_document_object') }} as objects
        on calls.as_of = objects.as_of and calls.household_no = objects.household_no and objects.document = 'TR'
    where calls.area = '照料服务' and not calls.is_helped
)

select
    {{ finding(
        rule="'gap_tr_service'", kind="'gap'", document="'TR'", clause="'TR-service'", subject="'照料服务应享未享'", basis="'cannot_care'",
        person='state.person_key', department="'民政'", unit='null', evidence="state.called || '成员，' || state.reason || '，未见探访照料服务'"
    ) }}
from judged as state
