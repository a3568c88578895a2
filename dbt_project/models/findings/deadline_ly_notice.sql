-- LY-notice: public notices shorter than the working days asked, notices still running with their last day, objections not checked anew.
-- The first and the last day of a notice both count.
with notice as (
    select
        day.as_of,
        events.household_no,
        households.region_code,
        events.case_no,
        events.started_on,
        case when events.ended_on <= day.as_of then events.ended_on end as ended_on,
        events.outcome,
        thresholds.notice_working_days,
        events._receipt,
        events._row
    from {{ ref('stg_procedure_event') }} as events
    inner join {{ ref('int_day') }} as day on events.started_on <= day.as_of
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'LY'
    inner join {{ ref('procedure_step') }} as steps on adopted.document = steps.document and events.step = steps.step and steps.has_notice
    inner join {{ ref('int_household_at') }} as households
        on day.as_of = households.as_of and events.household_no = households.household_no
    inner join {{ ref('int_finding_threshold') }} as thresholds
        on households.as_of = thresholds.as_of and households.region_code = thresholds.region_code
),

counted as (
    select
        notice.*,
        until.days_so_far - since.days_so_far + case when since.is_working_day then 1 else 0 end as working_days,
        (
            select min(ahead.day) from {{ ref('int_working_day') }} as ahead
            where ahead.is_working_day
                and ahead.days_so_far
                = since.days_so_far - case when since.is_working_day then 1 else 0 end + notice.notice_working_days
        ) as full_on
    from notice
    inner join {{ ref('int_working_day') }} as since on notice.started_on = since.day
    inner join {{ ref('int_working_day') }} as until on coalesce(notice.ended_on, notice.as_of) = until.day
),

checked_again as (
    select counted.household_no, counted.case_no
    from counted
    inner join {{ ref('stg_procedure_event') }} as events
        on counted.household_no = events.household_no
            and counted.case_no = events.case_no
            and events.step in ('调查发现', '民主评议')
            and events.started_on between counted.started_on and counted.as_of
    union
    select counted.household_no, counted.case_no
    from counted
    inner join {{ ref('stg_visit_record') }} as visits
        on counted.household_no = visits.household_no
            and visits.visited_on between counted.started_on and counted.as_of
),

judged as (
    select
        counted.*, '公示期不足' as subject, 'short_notice' as basis,
        '公示自 ' || {{ day_text('started_on') }} || ' 至 ' || {{ day_text('ended_on') }} || '，共 ' || {{ as_text('working_days') }}
        || ' 个工作日，不足 ' || {{ as_text('notice_working_days') }} || ' 个工作日' as evidence
    from counted
    where ended_on is not null and working_days < notice_working_days
    union all
    select
        counted.*, '公示进行中' as subject, 'running' as basis,
        '公示自 ' || {{ day_text('started_on') }} || ' 开始，应至少公示到 ' || {{ day_text('full_on') }} as evidence
    from counted
    where ended_on is null
    union all
    select
        counted.*, '公示异议未重新核查' as subject, 'objection' as basis,
        '公示期间有异议，自 ' || {{ day_text('started_on') }} || ' 以来没有重新核查记录' as evidence
    from counted
    where outcome = '有异议'
        and not exists (
            select 1 from checked_again
            where checked_again.household_no = counted.household_no and checked_again.case_no = counted.case_no
        )
)

select
    {{ finding(
        rule="'deadline_ly_notice'", kind="'deadline'", document="'LY'", clause="'LY-notice'", subject='state.subject', basis='state.basis',
        measured_name="'working_days'", measured='state.working_days', threshold_name="'公示工作日'", threshold='state.notice_working_days',
        unit="'工作日'", due_on='state.full_on', department="'乡镇'", evidence='state.evidence',
        source_receipt='state._receipt', source_row='state._row'
    ) }}
from judged as state
