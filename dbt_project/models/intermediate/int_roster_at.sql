-- One row per as-of day and roster row active on it, with the household of which the person is then a member.
select
    list_at.as_of,
    members.household_no,
    roster.person_key,
    roster.category,
    coalesce(roster.single_person, false) as is_single_person,
    roster.started_on,
    roster.stopped_on,
    roster.monthly_amount_fen,
    roster._receipt,
    roster._row
from {{ ref('int_roster_list') }} as list_at
inner join {{ ref('stg_assistance_roster') }} as roster on list_at.period = roster._period
inner join {{ ref('int_member_at') }} as members
    on list_at.as_of = members.as_of and roster.person_key = members.person_key
where roster.started_on <= list_at.as_of
    and (roster.stopped_on is null or roster.stopped_on >= list_at.as_of)
