-- One row per report of need in D's window about a household on the list, of itself or of others: by its number, else (a number
-- on no list is none) by a member.
{{ config(materialized='view') }}
select
    day.as_of,
    households.household_no,
    households.region_code,
    reports.ticket_no,
    reports.channel,
    reports.reported_at,
    cast(reports.reported_at as date) as reported_on,
    reports._receipt,
    reports._row
from {{ ref('stg_public_report') }} as reports
inner join {{ ref('int_day') }} as day
    on cast(reports.reported_at as date) between day.first_month and day.as_of
left join {{ ref('int_household_at') }} as named
    on day.as_of = named.as_of and reports.household_no = named.household_no
left join {{ ref('int_member_at') }} as members
    on day.as_of = members.as_of and reports.person_key = members.person_key
inner join {{ ref('int_household_at') }} as households
    on day.as_of = households.as_of and households.household_no = coalesce(named.household_no, members.household_no)
