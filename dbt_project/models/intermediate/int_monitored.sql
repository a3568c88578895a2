-- One row per household on the latest monitoring register, with whether it is monitored on D. Rules section 7:
-- where a case is on file only the county's approval counts; where none is, the register is believed.
with listed as (
    select
        register.*,
        day.as_of,
        approvals.entered_on,
        coalesce(approvals.has_entry_case, false) as has_entry_case,
        -- Without a case of entering, a leaving approved before the household was identified ended an earlier time on the register.
        coalesce(approvals.has_exit_case, false)
        and not coalesce(approvals.entered_on is null and approvals.left_on < register.identified_on, false) as has_exit_case,
        approvals.left_on,
        row_number() over (partition by register.household_no order by register.identified_on desc) as newest
    from {{ ref('stg_monitored_register') }} as register
    inner join {{ ref('int_monitored_list') }} as day on register._period = day.period
    left join {{ ref('int_approval') }} as approvals on register.household_no = approvals.household_no
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
    listed.entered_on,
    case when listed.has_exit_case then listed.left_on end as left_on,
    listed.has_entry_case,
    (not listed.has_entry_case or listed.entered_on is not null)
    and case
        when listed.has_exit_case then listed.left_on is null
        else not (
            coalesce(listed.eliminated and (listed.eliminated_on is null or listed.eliminated_on <= listed.as_of), false)
            or coalesce(listed.eliminated_on <= listed.as_of, false)
        )
    end as is_monitored,
    listed._receipt,
    listed._row
from listed
where listed.newest = 1
