-- One row per household with a case on file by D: when the county last approved its being taken in, and its leaving since. A case of
-- leaving is of the time on the register that it ended: one from before the household was taken in says nothing of how it leaves again.
with step as (
    select
        day.as_of,
        cases.household_no,
        cases.purpose,
        coalesce(cases.ended_on, cases.started_on) as reached_on,
        cases.step = '县级审批' and coalesce(cases.outcome = '通过', false) and coalesce(cases.ended_on, cases.started_on) <= day.as_of as is_approved
    from {{ ref('stg_procedure_event') }} as cases
    cross join (select as_of from {{ ref('int_as_of') }} where is_day) as day
    where cases.started_on <= day.as_of
),

entry as (
    select household_no, as_of, max(case when is_approved then reached_on end) as entered_on
    from step
    where purpose = '纳入'
    group by household_no, as_of
),

leaving as (
    select step.household_no, step.as_of, max(case when step.is_approved then step.reached_on end) as left_on
    from step
    left join entry on step.household_no = entry.household_no
    where step.purpose = '退出' and (entry.entered_on is null or step.reached_on >= entry.entered_on)
    group by step.household_no, step.as_of
)

select
    coalesce(entry.household_no, leaving.household_no) as household_no,
    coalesce(entry.as_of, leaving.as_of) as as_of,
    entry.household_no is not null as has_entry_case,
    entry.entered_on,
    leaving.household_no is not null as has_exit_case,
    leaving.left_on
from entry
full outer join leaving on entry.household_no = leaving.household_no
