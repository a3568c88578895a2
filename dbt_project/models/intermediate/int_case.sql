-- One row per adopted document with a procedure and case opened by D: the step it is at, days in it, steps missing or out of order.
-- A step that the document does not name is passed over; labels are the document's own words. Where no adopted document names any,
-- cases go through the steps of the form, which are LY's six, and the row is of no document.
with day as (
    select as_of from {{ ref('int_day') }}
),

procedure as (
    select distinct steps.document, steps.document as steps_of
    from {{ ref('procedure_step') }} as steps
    inner join {{ source('raw', 'county_document') }} as adopted on steps.document = adopted.document
    union all
    select '' as document, 'LY' as steps_of
    from {{ source('raw', 'run') }}
    where not exists (
        select 1
        from {{ ref('procedure_step') }} as steps
        inner join {{ source('raw', 'county_document') }} as adopted on steps.document = adopted.document
    )
),

step as (
    select procedure.document, steps.step, steps.step_order, steps.label
    from procedure
    inner join {{ ref('procedure_step') }} as steps on procedure.steps_of = steps.document
),

event as (
    select
        day.as_of,
        steps.document,
        events.household_no,
        events.case_no,
        events.purpose,
        steps.step,
        steps.step_order,
        steps.label,
        events.started_on,
        case when events.ended_on <= day.as_of then events.ended_on end as ended_on,
        case when coalesce(events.ended_on, events.started_on) <= day.as_of then events.outcome end as outcome,
        events.has_reason,
        events._receipt,
        events._row
    from {{ ref('stg_procedure_event') }} as events
    cross join day
    inner join step as steps on events.step = steps.step
    where events.started_on <= day.as_of
),

cases as (
    select
        as_of,
        document,
        household_no,
        case_no,
        min(purpose) as purpose,
        min(started_on) as opened_on,
        max(step_order) as reached_order,
        max(case when outcome in ('不通过', '撤回') then 1 else 0 end) = 1 as is_refused
    from event
    group by as_of, document, household_no, case_no
),

missing as (
    select
        cases.document,
        cases.household_no,
        cases.case_no,
        {{ joined_text('steps.label', 'steps.step_order', '、') }} as missing_steps
    from cases
    inner join step as steps
        on cases.document = steps.document and steps.step_order < cases.reached_order
    where not exists (
        select 1 from event
        where event.document = cases.document
            and event.household_no = cases.household_no
            and event.case_no = cases.case_no
            and event.step_order = steps.step_order
    )
    group by cases.document, cases.household_no, cases.case_no
),

disordered as (
    select
        later.document,
        later.household_no,
        later.case_no,
        {{ joined_text("earlier.label || '→' || later.label", 'later.step_order, earlier.step_order', '、') }} as disordered_steps
    from event as later
    inner join event as earlier
        on later.document = earlier.document
            and later.household_no = earlier.household_no
            and later.case_no = earlier.case_no
            and later.step_order > earlier.step_order
            and later.started_on < coalesce(earlier.ended_on, earlier.started_on)
    group by later.document, later.household_no, later.case_no
),

last_step as (
    select cases.document, max(steps.step_order) as last_order
    from (select distinct document from cases) as cases
    inner join step as steps on cases.document = steps.document
    group by cases.document
)

select
    cases.as_of,
    cases.document,
    cases.household_no,
    households.region_code,
    cases.case_no,
    cases.purpose,
    cases.opened_on,
    cases.is_refused,
    cases.reached_order = last_step.last_order and reached.outcome = '通过' as is_approved,
    reached.label as reached_step,
    case
        when cases.is_refused or (cases.reached_order = last_step.last_order and reached.outcome = '通过') then null
        when reached.ended_on is not null and reached.outcome = '通过' then coming.label
        else reached.label
    end as step_at,
    case
        when reached.ended_on is not null and reached.outcome = '通过' then reached.ended_on
        else reached.started_on
    end as step_since,
    reached.outcome as reached_outcome,
    coalesce(reached.ended_on, reached.started_on) as reached_on,
    {{ days_between("case when reached.ended_on is not null and reached.outcome = '通过' then reached.ended_on else reached.started_on end", 'cases.as_of') }}
        as days_in_step,
    missing.missing_steps,
    disordered.disordered_steps,
    reached._receipt,
    reached._row
from cases
inner join {{ ref('int_household_at') }} as households
    on cases.as_of = households.as_of and cases.household_no = households.household_no
inner join last_step on cases.document = last_step.document
inner join event as reached
    on cases.document = reached.document
        and cases.household_no = reached.household_no
        and cases.case_no = reached.case_no
        and cases.reached_order = reached.step_order
left join step as coming
    on cases.document = coming.document and cases.reached_order + 1 = coming.step_order
left join missing
    on cases.document = missing.document and cases.household_no = missing.household_no and cases.case_no = missing.case_no
left join disordered
    on cases.document = disordered.document
        and cases.household_no = disordered.household_no
        and cases.case_no = disordered.case_no
