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
    approvals.entered_on,
    approvals.left_on,
    coalesce(approvals.has_entry_case, false) as has_entry_case,
    (not coalesce(approvals.has_entry_case, false) or approvals.entered_on is not null)
    and case
        when approvals.has_exit_case then approvals.left_on is null
        else not (
            coalesce(listed.eliminated and (listed.eliminated_on is null or listed.eliminated_on <= listed.as_of), false)
            or coalesce(listed.eliminated_on <= listed.as_of, false)
        )
    end as is_monitored,
    listed._receipt,
    listed._row
from listed
left join {{ ref('int_approval') }} as approvals on listed.household_no = approvals.household_no
where listed.newest = 1
