-- One row per household on D whose region has no fault in its lines, and that has a dibao line itself: what may be shown.
select households.as_of, households.household_id, households.household_no, households.region_code
from {{ ref('int_household_at') }} as households
inner join {{ ref('int_as_of') }} as days on households.as_of = days.as_of and days.is_day
inner join {{ ref('int_dibao_test') }} as tests
    on households.as_of = tests.as_of and households.household_no = tests.household_no and tests.dibao_fen is not null
where not exists (
    select 1 from {{ ref('int_region_held_back') }} as held where held.region_code = households.region_code
)
