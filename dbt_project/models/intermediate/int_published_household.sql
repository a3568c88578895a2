-- One row per household on D whose region has no fault in its lines: what may be shown.
select households.as_of, households.household_id, households.household_no, households.region_code
from {{ ref('int_household_at') }} as households
inner join {{ ref('int_as_of') }} as days on households.as_of = days.as_of and days.is_day
where not exists (
    select 1
    from {{ ref('int_region_chain') }} as chain
    inner join {{ ref('int_line_fault') }} as faults on chain.ancestor_code = faults.region_code
    where chain.region_code = households.region_code
)
