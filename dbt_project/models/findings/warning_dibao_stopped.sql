-- Dibao of a member stopped in the months before the day, and nobody of the household is on dibao now.
-- Where no roster had come by the day, the first one counts, as it does for who is on dibao.
with day as (
    select days.as_of, greatest(days.as_of, rosters.first_period) as last_period
    from {{ ref('int_as_of') }} as days
    cross join (select min(period) as first_period from {{ ref('int_list_period') }} where form = 'assistance_roster') as rosters
    where days.is_day
),

version as (
    select
        roster.*,
        day.as_of,
        row_number() over (
            partition by roster.household_no, roster.person_key, roster.category, roster.started_on order by roster._period desc
        ) as newest
    from {{ ref('stg_assistance_roster') }} as roster
    inner join day on roster._period <= day.last_period
    where roster.category in ('农村低保', '城市低保')
),

judged as (
    select
        version.as_of,
        households.household_no,
        households.region_code,
        version.person_key,
        version.stopped_on,
        version._receipt,
        version._row,
        row_number() over (
            partition by households.household_no order by version.stopped_on desc, version.person_key nulls last,
                version._receipt nulls last, version._row nulls last
        ) as newest_stop
    from version
    inner join {{ ref('int_member_at') }} as members
        on version.as_of = members.as_of and version.person_key = members.person_key
    inner join {{ ref('int_household_state') }} as households
        on members.as_of = households.as_of and members.household_no = households.household_no
    inner join {{ ref('int_threshold') }} as thresholds
        on households.as_of = thresholds.as_of and households.region_code = thresholds.region_code
    where version.newest = 1
        and version.stopped_on < version.as_of
        and version.stopped_on >= {{ add_months('version.as_of', '-thresholds.dibao_stopped_months') }}
        and not households.has_any_dibao
)

select
    {{ finding(
        rule="'dibao_stopped'", kind="'warning'", clause="'warning'", document='null', subject="'低保停发'",
        person='state.person_key', basis="cast(state.stopped_on as " ~ dbt.type_string() ~ ")", department="'民政'", unit='null',
        evidence="cast(state.stopped_on as " ~ dbt.type_string() ~ ") || ' 停止享受低保，目前全家无人享受'",
        happened_on='state.stopped_on', source_receipt='state._receipt', source_row='state._row'
    ) }}
from judged as state
where state.newest_stop = 1
