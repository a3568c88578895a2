-- FX-exchange: the lists that civil affairs, the poverty office and the federation give one another: people sent, and matched on the
-- other side.
with household as (
    select * from {{ adopted_state('FX') }}
),

person as (
    select
        members.as_of,
        members.person_key,
        household.is_registered_poor,
        household.is_lifted,
        household.has_any_dibao or household.is_on_tekun as is_assisted,
        members.is_disabled
    from household
    inner join {{ ref('int_member_at') }} as members
        on household.as_of = members.as_of and household.household_no = members.household_no
),

roster_sent as (
    select day.as_of, count(distinct roster.person_key) as sent
    from {{ ref('int_roster_list') }} as lists
    inner join {{ ref('int_day') }} as day on lists.as_of = day.as_of
    inner join {{ ref('stg_assistance_roster') }} as roster on lists.period = roster._period
    where roster.category in ('农村低保', '城市低保', '特困供养')
        and roster.started_on <= day.as_of
        and (roster.stopped_on is null or roster.stopped_on >= day.as_of)
    group by day.as_of
),

newest_register as (
    select days.as_of, max(lists._period) as register_period
    from {{ ref('int_day') }} as days
    inner join {{ ref('stg_disability_register') }} as lists on days.as_of >= lists._period
    group by days.as_of
),

federation_sent as (
    select day.as_of, count(distinct register.person_key) as sent
    from newest_register as day
    inner join {{ ref('stg_disability_register') }} as register on day.register_period = register._period
    where register.certified_on is null or register.certified_on <= day.as_of
    group by day.as_of
),

exchanged as (
    select
        '民政→乡村振兴：低保对象、特困人员名单' as subject, 'civil_affairs' as basis, '民政' as department,
        coalesce((select max(sent) from roster_sent), 0) as sent,
        (
            select count(distinct roster.person_key) from {{ ref('int_roster_at') }} as roster
            inner join household on roster.as_of = household.as_of and roster.household_no = household.household_no
            where roster.category in ('农村低保', '城市低保', '特困供养')
        ) as matched
    union all
    select
        '乡村振兴→民政：建档立卡人口名单' as subject, 'registered_poor' as basis, '乡村振兴' as department,
        (select count(*) from person where is_registered_poor) as sent,
        (select count(*) from person where is_registered_poor and is_assisted) as matched
    union all
    select
        '乡村振兴→民政：脱贫低保对象名单和家庭人均收入' as subject, 'lifted_on_dibao' as basis, '乡村振兴' as department,
        (select count(*) from household where is_lifted and has_any_dibao) as sent,
        (select count(*) from household where is_lifted and has_any_dibao and income_status <> '待定') as matched
    union all
    select
        '残联→民政、乡村振兴：残疾人名单' as subject, 'federation' as basis, '残联' as department,
        coalesce((select max(sent) from federation_sent), 0) as sent,
        (select count(*) from person where is_disabled and (is_registered_poor or is_assisted)) as matched
),

judged as (
    select
        exchanged.*,
        day.as_of,
        run.county_region as region_code,
        cast(null as {{ dbt.type_string() }}) as household_no
    from exchanged
    cross join {{ ref('int_day') }} as day
    cross join {{ source('raw', 'run') }} as run
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'FX'
)

select
    {{ finding(
        rule="'feed_fx_exchange'", kind="'feed'", document="'FX'", clause="'FX-exchange'", subject='state.subject', basis='state.basis',
        measured_name="'matched'", measured='state.matched', threshold_name="'sent'", threshold='state.sent',
        unit="case when state.basis = 'lifted_on_dibao' then '户' else '人' end", department='state.department',
        evidence="'提供 ' || " ~ as_text('state.sent') ~ " || '，比对上 ' || " ~ as_text('state.matched')
    ) }}
from judged as state
