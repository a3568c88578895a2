-- One row per household on the latest monitoring register, with whether it is monitored on D. Rules section 7:
-- where a case is on file only the county's approval counts; where none is, the register is believed. A case of leaving is of the
-- time on the register that it ended: one from before the household was taken in says nothing of how it leaves again.
with day as (
    select as_of from {{ ref('int_as_of') }} where is_day
),

latest as (
    select max(lists.period) as period
    from {{ ref('int_list_period') }} as lists
    cross join day
    where lists.form = 'monitored_register' and lists.period <= day.as_of
),

listed as (
    select
        register.*,
        day.as_of,
        row_number() over (partition by register.household_no order by register.identified_on desc) as newest
    from {{ ref('stg_monitored_register') }} as register
    inner join latest on register._period = latest.period
    cross join day
    where register.identified_on <= day.as_of
),

step as (
    select
        cases.household_no,
        cases.purpose,
        coalesce(cases.ended_on, cases.started_on) as reached_on,
        cases.step = '县级审批' and coalesce(cases.outcome = '通过', false) and coalesce(cases.ended_on, cases.started_on) <= day.as_of as is_approved
    from {{ ref('stg_procedure_event') }} as cases
    cross join day
    where cases.started_on <= day.as_of
),

entry as (
    select household_no, max(case when is_approved then reached_on end) as entered_on
    from step
    where purpose = '纳入'
    group by household_no
),

leaving as (
    select step.household_no, max(case when step.is_approved then step.reached_on end) as left_on
    from step
    left join entry on step.household_no = entry.household_no
    where step.purpose = '退出' and (entry.entered_on is null or step.reached_on >= entry.entered_on)
    group by step.household_no
)

select
    listed.as_of,
    listed.household_no,
    listed.monitor_class,
    listed.identified_on,
    listed.main_cause,
    listed.found_through,
    listed.helper,
    listed.helper_rank,
    listed.partner,
    listed.eliminated,
    listed.eliminated_on,
    entry.entered_on,
    leaving.left_on,
    entry.household_no is not null as has_entry_case,
    (entry.household_no is null or entry.entered_on is not null)
    and case
        when leaving.household_no is not null then leaving.left_on is null
        else not (
            coalesce(listed.eliminated and (listed.eliminated_on is null or listed.eliminated_on <= listed.as_of), false)
            or coalesce(listed.eliminated_on <= listed.as_of, false)
        )
    end as is_monitored,
    listed._receipt,
    listed._row
from listed
left join entry on listed.household_no = entry.household_no
left join leaving on listed.household_no = leaving.household_no
where listed.newest = 1
