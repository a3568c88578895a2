-- A person is a member of one household at most, on every day that the night answers for.
select as_of, person_key
from {{ ref('int_member_at') }}
group by as_of, person_key
having count(*) > 1
