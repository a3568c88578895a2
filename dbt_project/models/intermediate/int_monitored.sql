-- One row per household on the latest monitoring register, with whether it is monitored on D. Rules section 7:
-- where a case is on file only the county's approval counts; where none is, the register is believed.
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

decision as (
    select
        cases.household_no,
        max(case when cases.purpose = '纳入' then 1 else 0 end) = 1 as has_entry_case,
        max(case when cases.purpose = '退出' then 1 else 0 end) = 1 as has_exit_case,
        max(case when cases.purpose = '纳入' and cases.step = '县级审批' and cases.outcome = '通过'
            and coalesce(cases.ended_on, cases.started_on) <= day.as_of
            then coalesce(cases.ended_on, cases.started_on) end) as entered_on,
        max(case when cases.purpose = '退出' and cases.step = '县级审批' and cases.outcome = '通过'
            and coalesce(cases.ended_on, cases.started_on) <= day.as_of
            then coalesce(cases.ended_on, cases.started_on) end) as left_on
    from {{ ref('stg_procedure_event') }} as cases
    cross join day
    where cases.started_on <= day.as_of
    group by cases.household_no
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
    decision.entered_on,
    decision.left_on,
    coalesce(decision.has_entry_case, false) as has_entry_case,
    coalesce(decision.has_exit_case, false) as has_exit_case,
    (not coalesce(decision.has_entry_case, false) or decision.entered_on is not null)
    and case
        when coalesce(decision.has_exit_case, false)
            then decision.left_on is null or coalesce(decision.entered_on > decision.left_on, false)
        else not (
            coalesce(listed.eliminated and (listed.eliminated_on is null or listed.eliminated_on <= listed.as_of), false)
            or coalesce(listed.eliminated_on <= listed.as_of, false)
        )
    end as is_monitored,
    listed._receipt,
    listed._row
from listed
left join decision on listed.household_no = decision.household_no
where listed.newest = 1
