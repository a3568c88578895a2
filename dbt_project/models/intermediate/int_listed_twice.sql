-- One row per member list and person who stands in more than one household of it, as a member or as a head.
select period, person_key
from (
    select members._period as period, members.person_key, members.household_no
    from {{ ref('stg_registry_member') }} as members
    inner join {{ ref('stg_registry_household') }} as households
        on members._period = households._period and members.household_no = households.household_no
    union
    select households._period as period, households.head_key as person_key, households.household_no
    from {{ ref('stg_registry_household') }} as households
) as places
group by period, person_key
having count(*) > 1
