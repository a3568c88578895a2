-- TR-visit: people found not to qualify, in a case or in answer to a warning, without the reason recorded.
with refused as (
    select
        day.as_of, households.region_code, households.household_no, 'case' as basis,
        '事项 ' || events.case_no || '“' || events.step || '”' || events.outcome || '，未注明原因' as evidence,
        events._receipt, events._row
    from {{ ref('stg_procedure_event') }} as events
    inner join {{ ref('int_day') }} as day on coalesce(events.ended_on, events.started_on) between day.first_month and day.as_of
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'TR'
    inner join {{ ref('int_household_at') }} as households
        on day.as_of = households.as_of and events.household_no = households.household_no
    where events.outcome = '不通过' and not events.has_reason
    union all
    select
        day.as_of, households.region_code, households.household_no, 'feedback' as basis,
        '预警 ' || feedback.warning_no || ' 核实为' || feedback.verdict || '，未注明原因' as evidence,
        feedback._receipt, feedback._row
    from {{ ref('stg_township_feedback') }} as feedback
    inner join {{ ref('int_day') }} as day on feedback.verified_on between day.first_month and day.as_of
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'TR'
    inner join {{ ref('int_household_at') }} as households
        on day.as_of = households.as_of and feedback.warning_no like 'YJ' || households.household_no || '-%'
    where feedback.verdict in ('属实暂不符合', '不属实') and not feedback.has_reason
)

select
    {{ finding(
        rule="'gap_tr_reason'", kind="'gap'", document="'TR'", clause="'TR-visit'", subject="'不符合条件未注明原因'", basis='state.basis',
        department="'乡镇'", evidence='state.evidence', unit='null', source_receipt='state._receipt', source_row='state._row'
    ) }}
from refused as state
