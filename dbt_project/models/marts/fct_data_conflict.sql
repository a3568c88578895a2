select
    conflicts.household_no,
    conflicts.as_of,
    conflicts.conflict,
    conflicts.person_key,
    conflicts.evidence
from {{ ref('int_data_conflict') }} as conflicts
inner join {{ ref('int_published_household') }} as published
    on conflicts.as_of = published.as_of and conflicts.household_no = published.household_no
