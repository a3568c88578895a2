-- TR-database: the register of rural low-income people: each person once, in the first layer that holds: 特困, 低保, 监测对象, 低收入家庭.
with layered as (
    select
        objects.as_of,
        objects.household_no,
        objects.region_code,
        members.person_key,
        objects.called,
        monitored.found_through,
        case
            when states.is_on_tekun then '特困户'
            when states.is_on_dibao or own.person_key is not null then '低保户'
            when states.is_monitored then '监测对象'
            else '低收入家庭'
        end as layer
    from {{ ref('int_document_object') }} as objects
    inner join {{ ref('int_household_state') }} as states
        on objects.as_of = states.as_of and objects.household_no = states.household_no
    inner join {{ ref('int_member_at') }} as members
        on objects.as_of = members.as_of and objects.household_no = members.household_no
    left join (
        select distinct as_of, person_key
        from {{ ref('int_roster_at') }}
        where category in ('农村低保', '城市低保') and is_single_person
    ) as own on members.as_of = own.as_of and members.person_key = own.person_key
    left join {{ ref('int_monitored') }} as monitored
        on objects.as_of = monitored.as_of and objects.household_no = monitored.household_no and monitored.is_monitored
    where objects.document = 'TR'
)

select
    {{ finding(
        rule="'list_tr_database'", kind="'list'", document="'TR'", clause="'TR-database'", subject='state.layer', basis='state.called',
        person='state.person_key', department="'民政'", unit='null',
        evidence="'低收入人口：' || state.called || '；发现渠道：' || coalesce(state.found_through, '民政在册或部门比对')"
    ) }}
from layered as state
