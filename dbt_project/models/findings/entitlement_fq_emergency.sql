-- FQ-emergency: monitored and 边缘 households, never registered poor, whose basic living a natural disaster gravely hit: the three kinds of relief by head.
with hit as (
    select
        objects.as_of,
        objects.household_no,
        objects.region_code,
        losses.kind as disaster_kind,
        losses.happened_on,
        states.members,
        states.is_home_unsafe,
        thresholds.emergency_fen,
        thresholds.transition_month_fen,
        thresholds.transition_months_least,
        thresholds.transition_months_most,
        thresholds.winter_spring_fen,
        extract(month from objects.as_of) >= thresholds.winter_from_month
        or extract(month from objects.as_of) <= thresholds.winter_to_month as is_winter_spring,
        losses._receipt,
        losses._row,
        row_number() over (partition by objects.household_no order by losses.happened_on desc, losses.kind nulls last) as newest
    from {{ ref('int_document_object') }} as objects
    inner join {{ ref('int_day') }} as day on objects.as_of = day.as_of
    inner join {{ ref('stg_disaster_loss') }} as losses
        on objects.household_no = losses.household_no and losses.happened_on between day.first_month and day.as_of
    inner join {{ ref('disaster_kind') }} as kinds on losses.kind = kinds.kind and kinds.is_natural
    inner join {{ ref('int_household_state') }} as states
        on objects.as_of = states.as_of and objects.household_no = states.household_no
    inner join {{ ref('int_finding_threshold') }} as thresholds
        on objects.as_of = thresholds.as_of and objects.region_code = thresholds.region_code
    where objects.document = 'FQ' and not objects.is_registered_poor and losses.basic_living_hit
),

judged as (
    select
        hit.*, '应急期生活救助' as subject, 'emergency' as basis, members * emergency_fen as due_fen, emergency_fen as standard_fen,
        {{ as_text('members') }} || ' 人，每人 ' || {{ yuan_said('emergency_fen') }} || '，共 ' || {{ yuan_said('members * emergency_fen') }} as sum_text
    from hit
    where newest = 1
    union all
    select
        hit.*, '过渡期生活救助' as subject, 'transition' as basis, members * transition_month_fen * transition_months_least as due_fen,
        transition_month_fen as standard_fen,
        '住房不安全，' || {{ as_text('members') }} || ' 人，每人每月 ' || {{ yuan_said('transition_month_fen') }} || '，'
        || {{ as_text('transition_months_least') }} || ' 个月共 ' || {{ yuan_said('members * transition_month_fen * transition_months_least') }} || '，最长 '
        || {{ as_text('transition_months_most') }} || ' 个月共 ' || {{ yuan_said('members * transition_month_fen * transition_months_most') }} as sum_text
    from hit
    where newest = 1 and is_home_unsafe
    union all
    select
        hit.*, '冬春临时生活困难救助' as subject, 'winter_spring' as basis, members * winter_spring_fen as due_fen,
        winter_spring_fen as standard_fen,
        {{ as_text('members') }} || ' 人，每人 ' || {{ yuan_said('winter_spring_fen') }} || '，共 '
        || {{ yuan_said('members * winter_spring_fen') }} as sum_text
    from hit
    where newest = 1 and is_winter_spring
)

select
    {{ finding(
        rule="'entitlement_fq_emergency'", kind="'entitlement'", document="'FQ'", clause="'FQ-emergency'", subject='state.subject',
        basis='state.basis', measured_name="'members'", measured='state.members', threshold_name="'人均救助标准'",
        threshold_fen='state.standard_fen', amount_due_fen='state.due_fen', department="'应急'",
        evidence=day_text('state.happened_on') ~ " || ' 遭受' || state.disaster_kind || '，基本生活受严重影响；' || state.sum_text",
        source_receipt='state._receipt', source_row='state._row'
    ) }}
from judged as state
