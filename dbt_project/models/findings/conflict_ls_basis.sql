-- LS-basis: where civil affairs' hardship data and the poverty office's data disagree about a household: both values, and a task to
-- settle it.
with roster_now as (
    select
        lists.as_of,
        roster.household_no as stated_household_no,
        roster.person_key,
        coalesce(roster.category, '类别未填') as category,
        roster._receipt,
        roster._row
    from {{ ref('int_roster_list') }} as lists
    inner join {{ ref('int_day') }} as day on lists.as_of = day.as_of
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'LS'
    inner join {{ ref('stg_assistance_roster') }} as roster on lists.period = roster._period
    where roster.started_on <= day.as_of and (roster.stopped_on is null or roster.stopped_on >= day.as_of)
),

dead as (
    select person_key, happened_on, household_no
    from (
        select
            events.person_key, events.happened_on, events.household_no,
            row_number() over (
                partition by events.person_key order by events.happened_on desc nulls last, events.household_no asc nulls last
            ) as newest
        from {{ ref('stg_civil_event') }} as events
        inner join {{ ref('int_day') }} as day on events.happened_on <= day.as_of
        where events.event = '死亡'
    ) as deaths
    where newest = 1
),

-- The household that the newest member list with the person names: of one who is dead, or listed and no member now.
last_listed as (
    select person_key, household_no, is_now
    from (
        select
            members.person_key, members.household_no, members._period = lists.member_list as is_now,
            row_number() over (
                partition by members.person_key order by members._period desc nulls last, members.household_no asc nulls last
            ) as newest
        from {{ ref('stg_registry_member') }} as members
        inner join {{ ref('int_day') }} as day on members._period <= day.as_of
        inner join {{ ref('int_list_month') }} as lists on day.as_of = lists.as_of
    ) as listed
    where newest = 1
),

judged as (
    select
        households.as_of, households.region_code, households.household_no, cast(null as {{ dbt.type_string() }}) as person_key,
        '原4600元以下户民政无记录' as subject, 'legacy_without_roster' as basis,
        '扶贫数据：原“4600元以下”动态管理对象；民政数据：全家不在救助名册，'
        || case
            when households.income_status = '待定' then '收入待定'
            else '人均核算收入 ' || {{ yuan_said('households.assessed_income_per_capita_fen') }}
        end as evidence,
        cast(null as integer) as _receipt, cast(null as integer) as _row
    from {{ adopted_state('LS') }} as households
    inner join {{ ref('int_roster_list') }} as lists on households.as_of = lists.as_of and lists.period is not null
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
        roster_now.as_of, coalesce(stated.region_code, told.region_code, listed.region_code, run.county_region) as region_code,
        coalesce(stated.household_no, told.household_no, listed.household_no) as household_no, roster_now.person_key,
        '救助名册人员已死亡' as subject, 'dead_on_roster' as basis,
        '民政名册（' || roster_now.category || '）仍在册，户籍登记 ' || {{ day_text('dead.happened_on') }} || ' 死亡' as evidence,
        roster_now._receipt, roster_now._row
    from roster_now
    inner join dead on roster_now.person_key = dead.person_key
    cross join {{ source('raw', 'run') }} as run
    left join {{ ref('int_household_at') }} as stated
        on roster_now.as_of = stated.as_of and roster_now.stated_household_no = stated.household_no
    left join {{ ref('int_household_at') }} as told on roster_now.as_of = told.as_of and dead.household_no = told.household_no
    left join last_listed on roster_now.person_key = last_listed.person_key
    left join {{ ref('int_household_at') }} as listed
        on roster_now.as_of = listed.as_of and last_listed.household_no = listed.household_no
    union all
    select
        roster_now.as_of, run.county_region as region_code, null as household_no, roster_now.person_key,
        '救助名册人员不在农户名单' as subject, 'not_on_list' as basis,
        '民政名册（' || roster_now.category || '）在册，登记户编号 ' || coalesce(roster_now.stated_household_no, '未填')
        || '，农户名单查无此人' as evidence,
        roster_now._receipt, roster_now._row
    from roster_now
    cross join {{ source('raw', 'run') }} as run
    where roster_now.category <> '城市低保'
        and not exists (
            select 1 from {{ ref('int_member_at') }} as members
            where members.as_of = roster_now.as_of and members.person_key = roster_now.person_key
        )
        and not exists (select 1 from last_listed where last_listed.person_key = roster_now.person_key and last_listed.is_now)
        and not exists (select 1 from dead where dead.person_key = roster_now.person_key)
)

select
    {{ finding(
        rule="'conflict_ls_basis'", kind="'conflict'", document="'LS'", clause="'LS-basis'", subject='state.subject', basis='state.basis',
        person='state.person_key', department="'民政与乡村振兴'", evidence="state.evidence || '；请两部门核定'", unit='null',
        source_receipt='state._receipt', source_row='state._row'
    ) }}
from judged as state
