-- One row per household list and member list that hold together on some as-of day, and person who stands in more than one household of
-- them, as a member or as a head.
with lists as (
    select distinct household_list, member_list from {{ ref('int_list_month') }}
)

select household_list, member_list, person_key
from (
    select lists.household_list, lists.member_list, members.person_key, members.household_no
    from lists
    inner join {{ ref('stg_registry_member') }} as members on lists.member_list = members._period
    inner join {{ ref('stg_registry_household') }} as households
        on lists.household_list = households._period and members.household_no = households.household_no
    union all
    select lists.household_list, lists.member_list, households.head_key as person_key, households.household_no
    from lists
    inner join {{ ref('stg_registry_household') }} as households on lists.household_list = households._period
) as places
group by household_list, member_list, person_key
having min(household_no) <> max(household_no)
