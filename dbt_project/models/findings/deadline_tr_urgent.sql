-- TR-urgent: each report of need in the window: whether the township answered within the hours, and whether an emergency was helped
-- within them.
-- A visit or a measure is the answer; days are all that those forms tell, so an hour counts as kept up to the end of its day.
with clock as (
    select
        leads.*,
        {{ day_after_hours('leads.reported_at', 'thresholds.answer_hours') }} as answer_by,
        {{ day_after_hours('leads.reported_at', 'thresholds.help_hours') }} as help_by,
        thresholds.answer_hours,
        thresholds.help_hours,
        thresholds.emergency_days
    from {{ ref('int_lead') }} as leads
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'TR'
    inner join {{ ref('int_finding_threshold') }} as thresholds
        on leads.as_of = thresholds.as_of and leads.region_code = thresholds.region_code
),

answered as (
    select
        clock.ticket_no,
        min(answers.answered_on) as answered_on,
        min(case when answers.is_help then answers.answered_on end) as helped_on
    from clock
    inner join (
        select visits.household_no, visits.visited_on as answered_on, false as is_help
        from {{ ref('stg_visit_record') }} as visits
        union all
        select measures.household_no, measures.started_on as answered_on, measures.kind in ('临时救助', '应急救助') as is_help
        from {{ ref('int_measure') }} as measures
    ) as answers
        on clock.household_no = answers.household_no
            and answers.answered_on between clock.reported_on and clock.as_of
    group by clock.ticket_no
),

emergency as (
    select distinct clock.ticket_no
    from clock
    inner join {{ ref('stg_disaster_loss') }} as losses
        on clock.household_no = losses.household_no
            and losses.basic_living_hit
            and losses.happened_on <= clock.reported_on
            and {{ add_days('losses.happened_on', 'clock.emergency_days') }} >= clock.reported_on
),

judged as (
    select
        clock.*,
        'answer' as clock_kind,
        clock.answer_by as due_on,
        clock.answer_hours as hours_asked,
        answered.answered_on as done_on
    from clock
    left join answered on clock.ticket_no = answered.ticket_no
    union all
    select
        clock.*,
        'help' as clock_kind,
        clock.help_by as due_on,
        clock.help_hours as hours_asked,
        answered.helped_on as done_on
    from clock
    inner join emergency on clock.ticket_no = emergency.ticket_no
    left join answered on clock.ticket_no = answered.ticket_no
),

said as (
    select
        judged.*,
        case
            when done_on <= due_on then '已按时'
            when done_on is not null then '超时'
            when due_on < as_of then '超时未'
            else '待'
        end || case clock_kind when 'answer' then '答复' else '救助' end as subject,
        clock_kind || '_' || case
            when done_on <= due_on then 'kept'
            when done_on is not null then 'late'
            when due_on < as_of then 'missed'
            else 'open'
        end as basis
    from judged
)

select
    {{ finding(
        rule="'deadline_tr_urgent'", kind="case when state.basis like '%kept' then 'list' else 'deadline' end",
        document="'TR'", clause="'TR-urgent'", subject='state.subject', basis='state.basis',
        threshold_name="case state.clock_kind when 'answer' then '答复时限' else '救助时限' end", threshold='state.hours_asked', unit="'小时'",
        due_on='state.due_on', department="'乡镇'",
        evidence="'工单 ' || state.ticket_no || '，' || " ~ day_text('state.reported_on') ~ " || ' 经' || coalesce(state.channel, '其他渠道')
            || '求助，应在 ' || " ~ as_text('state.hours_asked') ~ " || ' 小时内' || case state.clock_kind when 'answer' then '答复' else '救助' end
            || '，' || case when state.done_on is null then '尚无走访或救助记录' else " ~ day_text('state.done_on') ~ " || ' 有记录' end",
        source_receipt='state._receipt', source_row='state._row'
    ) }}
from said as state
