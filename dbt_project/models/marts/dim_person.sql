select
    members.person_key,
    members.household_no,
    members.is_head,
    members.relation,
    members.sex,
    {{ full_years('members.born_on', 'members.as_of') }} as age,
    members.health,
    members.labour_ability,
    members.self_care,
    members.is_veteran,
    members.wants_job,
    members.is_disabled,
    members.disability_level,
    members.as_of
from {{ ref('int_member_at') }} as members
inner join {{ ref('int_published_household') }} as published
    on members.as_of = published.as_of and members.household_no = published.household_no
