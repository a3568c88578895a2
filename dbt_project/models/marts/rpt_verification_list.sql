-- One row per warning that a township has to verify: what the list says of it, without names.
with sentence as (
    select
        reasons.household_no,
        reasons.rule_id,
        reasons.severity,
        reasons.label || '：' || reasons.evidence
        || case
            when reasons.rule_id = 'medical_burden' and states.previous_income_status = '完整' and states.previous_disposable_income_fen > 0
                then '，为上年家庭收入的 ' || {{ tenths_text(rounded_quotient('states.medical_borne_fen * 10', 'states.previous_disposable_income_fen')) }} || ' 倍'
            when reasons.rule_id = 'income_fell' and states.previous_disposable_income_fen > 0
                then '，下降 ' || {{ tenths_text(rounded_quotient(
                    '(states.previous_disposable_income_fen - states.disposable_income_fen) * 1000', 'states.previous_disposable_income_fen'
                )) }} || '%'
            when reasons.rule_id = 'income_below_line'
                then '，相差 ' || {{ yuan_text('states.watch_fen - states.disposable_income_per_capita_fen') }} || ' 元'
            else ''
        end as sentence,
        row_number() over (partition by reasons.household_no order by reasons.severity nulls last, reasons.rule_id nulls last) as place
    from {{ ref('fct_warning_reason') }} as reasons
    inner join {{ ref('int_household_state') }} as states
        on reasons.as_of = states.as_of and reasons.household_no = states.household_no
),

told as (
    select
        household_no,
        count(*) as reasons,
        {{ joined_text("cast(place as " ~ dbt.type_string() ~ ") || '.' || sentence", 'place', '；') }} as numbered,
        max(case when place = 1 then sentence end) as single
    from sentence
    group by household_no
)

select
    warnings.warning_no,
    warnings.household_no,
    warnings.as_of,
    warnings.kind,
    warnings.township_code,
    warnings.township,
    warnings.region_code,
    warnings.village,
    states.members,
    warnings.rule_ids,
    warnings.channels,
    warnings.severity,
    case when told.reasons = 1 then told.single else told.numbered end as reason_text,
    warnings.visit_focus,
    warnings.issued_on,
    warnings.due_on,
    warnings.status,
    warnings.overdue_days
from {{ ref('fct_warning') }} as warnings
inner join told on warnings.household_no = told.household_no
inner join {{ ref('int_household_state') }} as states
    on warnings.as_of = states.as_of and warnings.household_no = states.household_no
where warnings.status in ('待核实', '逾期未核实')
