-- One row per as-of day and household to be worked out: everybody on D; at earlier month ends only whom a rule asks about.
with day as (
    select as_of from {{ ref('int_as_of') }} where is_day
),

listed as (
    select days.as_of, days.is_day, days.is_history, households.household_no
    from {{ ref('int_as_of') }} as days
    inner join {{ ref('int_list_month') }} as lists on days.as_of = lists.as_of
    inner join {{ ref('stg_registry_household') }} as households on lists.household_list = households._period
    where days.is_day or days.is_history
),

monitored as (
    select distinct register.household_no
    from {{ ref('stg_monitored_register') }} as register
    cross join day
    where register._period <= day.as_of
),

-- Whoever may be on dibao on D: by the list, or by having moved in or been born into the household.
roster_person as (
    select distinct roster.person_key
    from {{ ref('stg_assistance_roster') }} as roster
    where roster.category in ('农村低保', '城市低保')
),

dibao as (
    select members.household_no
    from {{ ref('stg_registry_member') }} as members
    inner join roster_person on members.person_key = roster_person.person_key
    union
    select households.household_no
    from {{ ref('stg_registry_household') }} as households
    inner join roster_person on households.head_key = roster_person.person_key
    union
    select events.household_no
    from {{ ref('stg_civil_event') }} as events
    inner join roster_person on events.person_key = roster_person.person_key
    where events.household_no is not null
)

select as_of, household_no from listed
union
select days.as_of, monitored.household_no
from {{ ref('int_as_of') }} as days cross join monitored
where days.is_exit_month_end
union
select days.as_of, dibao.household_no
from {{ ref('int_as_of') }} as days cross join dibao
where days.is_fade_month_end
union
-- LY-watch holds the observation list against that of the month end before.
select days.as_of, households.household_no
from {{ ref('int_as_of') }} as days
inner join {{ ref('int_list_month') }} as lists on days.as_of = lists.as_of
inner join {{ ref('stg_registry_household') }} as households on lists.household_list = households._period
inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'LY'
where not coalesce(households.registered_poor, false)
    and days.as_of = (select max(earlier.as_of) from {{ ref('int_as_of') }} as earlier where not earlier.is_day)
