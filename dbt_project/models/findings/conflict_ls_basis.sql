-- LS-basis: where civil affairs' hardship data and the poverty office's data disagree about a household: both values, and a task to
-- settle it.
with newest_roster as (
    select days.as_of, max(lists._period) as roster_period
    from {{ ref('int_day') }} as days
    inner join {{ ref('stg_assistance_roster') }} as lists on days.as_of >= lists._period
    group by days.as_of
),

roster_now as (
    select
        day.as_of,
        roster.household_no as stated_household_no,
        roster.person_key,
        coalesce(roster.category, '类别未填') as category,
        roster._receipt,
        roster._row
    from newest_roster as day
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'LS'
    inner join {{ ref('stg_assistance_roster') }} as roster on day.roster_period = roster._period
    where roster.started_on <= day.as_of and (roster.stopped_on is null or roster.stopped_on >= day.as_of)
),

judged as (
    select
        households.as_of, households.region_code, households.household_no, cast(null as {{ dbt.type_string() }}) as person_key,
        '原4600元以下户民政无记录' as subject, 'legacy_without_roster' as basis,
        '扶贫数据：原“4600元以下”动态管理对象；民政数据：全家不在救助名册，人均核算收入 '
        || {{ yuan_said('households.assessed_income_per_capita_fen') }} as evidence,
        cast(null as integer) as _receipt, cast(null as integer) as _row
    from {{ adopted_state('LS') }} as households
    where households.is_legacy_4600
        and not exists (
            select 1 from {{ ref('int_roster_at') }} as roster
            where roster.as_of = households.as_of and roster.household_no = households.household_no
        )
    union all
    select
        roster_now.as_of, households.region_code, members.household_no, roster_now.person_key,
        '救助名册与农户名单户编号不一致' as subject, 'household_differs' as basis,
        '民政名册（' || roster_now.category || '）登记户编号 ' || roster_now.stated_household_no || '，农户名单为 ' || members.household_no as evidence,
        roster_now._receipt, roster_now._row
    from roster_now
    inner join {{ ref('int_member_at') }} as members
        on roster_now.as_of = members.as_of and roster_now.person_key = members.person_key
    inner join {{ ref('int_household_at') }} as households
        on members.as_of = households.as_of and members.household_no = households.household_no
    where roster_now.stated_household_no <> members.household_no
    union all
    select
        roster_now.as_of, households.region_code, households.household_no, roster_now.person_key,
        '救助名册人员已死亡' as subject, 'dead_on_roster' as basis,
        '民政名册（' || roster_now.category || '）仍在册，户籍登记 ' || {{ day_text('events.happened_on') }} || ' 死亡' as evidence,
        roster_now._receipt, roster_now._row
    from roster_now
    inner join {{ ref('stg_civil_event') }} as events
        on roster_now.person_key = events.person_key
            and events.event = '死亡'
            and events.happened_on <= roster_now.as_of
    inner join {{ ref('int_household_at') }} as households
        on roster_now.as_of = households.as_of
            and coalesce(roster_now.stated_household_no, events.household_no) = households.household_no
    union all
    select
        roster_now.as_of, run.county_region as region_code, null as household_no, roster_now.person_key,
        '救助名册人员不在农户名单' as subject, 'not_on_list' as basis,
        '民政名册（' || roster_now.category || '）在册，登记户编号 ' || coalesce(roster_now.stated_household_no, '未填')
        || '，农户名单查无此人' as evidence,
        roster_now._receipt, roster_now._row
    from roster_now
    cross join {{ source('raw', 'run') }} as run
    where not exists (
        select 1 from {{ ref('int_member_at') }} as members
        where members.as_of = roster_now.as_of and members.person_key = roster_now.person_key
    )
    and not exists (
        select 1 from {{ ref('stg_civil_event') }} as events
        where events.person_key = roster_now.person_key and events.event = '死亡' and events.happened_on <= roster_now.as_of
    )
)

select
    {{ finding(
        rule="'conflict_ls_basis'", kind="'conflict'", document="'LS'", clause="'LS-basis'", subject='state.subject', basis='state.basis',
        person='state.person_key', department="'民政与乡村振兴'", evidence="state.evidence || '；请两部门核定'", unit='null',
        source_receipt='state._receipt', source_row='state._row'
    ) }}
from judged as state
