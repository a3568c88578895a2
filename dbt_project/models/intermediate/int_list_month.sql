-- One row per as-of day: the month of the household list and of the member list that hold on it.
select
    days.as_of,
    max(households.period) as household_list,
    max(members.period) as member_list
from {{ ref('int_as_of') }} as days
left join (select distinct _period as period from {{ ref('stg_registry_household') }}) as households
    on households.period <= days.as_of
left join (select distinct _period as period from {{ ref('stg_registry_member') }}) as members
    on members.period <= days.as_of
group by days.as_of
