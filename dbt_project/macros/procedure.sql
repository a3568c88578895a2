{# Cases with a step missing or out of order, and registered households whose case is not approved and who so are not monitored. #}
{% macro faulty_procedure(document, clause, rule) -%}
with faulty as (
    select
        cases.as_of, cases.region_code, cases.household_no, cases._receipt, cases._row,
        '程序缺环节' as subject, 'missing_step' as basis,
        '事项 ' || cases.case_no || '（' || coalesce(cases.purpose, '') || '）已到' || cases.reached_step || '，缺少：' || cases.missing_steps as evidence
    from {{ ref('int_case') }} as cases
    where cases.document = '{{ document }}' and cases.missing_steps is not null
    union all
    select
        cases.as_of, cases.region_code, cases.household_no, cases._receipt, cases._row,
        '程序次序颠倒' as subject, 'out_of_order' as basis,
        '事项 ' || cases.case_no || '（' || coalesce(cases.purpose, '') || '）次序颠倒：' || cases.disordered_steps as evidence
    from {{ ref('int_case') }} as cases
    where cases.document = '{{ document }}' and cases.disordered_steps is not null
    union all
    select
        monitored.as_of, households.region_code, monitored.household_no, monitored._receipt, monitored._row,
        '未经审批列入台账' as subject, 'not_approved' as basis,
        '台账识别时间 ' || {{ day_text('monitored.identified_on') }} || '，纳入程序尚无最后一级审批通过记录，不计为监测对象' as evidence
    from {{ ref('int_monitored') }} as monitored
    inner join {{ ref('int_household_at') }} as households
        on monitored.as_of = households.as_of and monitored.household_no = households.household_no
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = '{{ document }}'
    where monitored.has_entry_case and monitored.entered_on is null
)

select
    {{ finding(
        rule="'" ~ rule ~ "'", kind="'conflict'", document="'" ~ document ~ "'", clause="'" ~ clause ~ "'", subject='state.subject', basis='state.basis',
        department="'乡镇'", evidence='state.evidence', unit='null', source_receipt='state._receipt', source_row='state._row'
    ) }}
from faulty as state
{%- endmacro %}

{# Each open case of entering or leaving, the step it is at and the days in it. #}
{% macro open_procedure(document, clause, rule) -%}
select
    {{ finding(
        rule="'" ~ rule ~ "'", kind="'list'", document="'" ~ document ~ "'", clause="'" ~ clause ~ "'", subject="state.purpose || '程序中'",
        basis="state.case_no || ';' || state.step_at", measured_name="'days_in_step'", measured='state.days_in_step', unit="'天'",
        department="case when state.step_at in ('县级审批', '市级审定') then '乡村振兴' else '乡镇' end",
        evidence="'事项 ' || state.case_no || '，自 ' || " ~ day_text('state.opened_on') ~ " || ' 开始，现在' || state.step_at || '环节，已 '
            || " ~ as_text('state.days_in_step') ~ " || ' 天'",
        source_receipt='state._receipt', source_row='state._row'
    ) }}
from {{ ref('int_case') }} as state
where state.document = '{{ document }}' and state.step_at is not null
{%- endmacro %}
