-- One row per household that has left the register by D, with the day where it is known: eliminated there, or by the county's approval,
-- also when the register no longer has it.
select household_no, as_of, coalesce(entered_on, identified_on) as entered_on, coalesce(left_on, eliminated_on) as left_on
from {{ ref('int_monitored') }}
where not is_monitored and (not has_entry_case or entered_on is not null)
union all
select approvals.household_no, approvals.as_of, approvals.entered_on, approvals.left_on
from {{ ref('int_approval') }} as approvals
where approvals.left_on is not null
    and not exists (select 1 from {{ ref('int_monitored') }} as monitored where monitored.household_no = approvals.household_no)
