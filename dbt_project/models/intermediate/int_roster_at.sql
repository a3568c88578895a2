-- One row per as-of day and roster row active on it, with the household of which the person is then a member.
with list_at as (
    select days.as_of, coalesce(earlier.period, later.period) as period
    from {{ ref('int_as_of') }} as days
    left join (
        select days.as_of, max(lists.period) as period
        from {{ ref('int_as_of') }} as days
        inner join {{ ref('int_list_period') }} as lists on lists.form = 'assistance_roster' and lists.period <= days.as_of
        group by days.as_of
    ) as earlier on days.as_of = earlier.as_of
    cross join (select min(period) as period from {{ ref('int_list_period') }} where form = 'assistance_roster') as later
)

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
from list_at
inner join {{ ref('stg_assistance_roster') }} as roster on list_at.period = roster._period
inner join {{ ref('int_member_at') }} as members
    on list_at.as_of = members.as_of and roster.person_key = members.person_key
where roster.started_on <= list_at.as_of
    and (roster.stopped_on is null or roster.stopped_on >= list_at.as_of)
