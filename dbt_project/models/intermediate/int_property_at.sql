-- One row per as-of day and household with any property that the dibao test looks at. Rules section 5.
with vehicle as (
    select as_of, person_key, vehicle_kind, status
    from (
        select
            days.as_of, register.person_key, register.vehicle_kind, register.status,
            row_number() over (
                partition by days.as_of, register.person_key, register.plate_no order by register._period desc
            ) as newest
        from {{ ref('int_as_of') }} as days
        inner join {{ ref('stg_vehicle_register') }} as register on register._period <= days.as_of
    ) as versions
    where newest = 1
),

firm as (
    select as_of, person_key, kind, status
    from (
        select
            days.as_of, register.person_key, register.kind, register.status,
            row_number() over (partition by days.as_of, register.credit_code order by register._period desc) as newest
        from {{ ref('int_as_of') }} as days
        inner join {{ ref('stg_business_register') }} as register on register._period <= days.as_of
    ) as versions
    where newest = 1
),

home as (
    select as_of, person_key, certificate_no, home_use, place
    from (
        select
            days.as_of, register.person_key, register.certificate_no, register.use as home_use, register.location as place,
            row_number() over (partition by days.as_of, register.certificate_no order by register._period desc) as newest
        from {{ ref('int_as_of') }} as days
        inner join {{ ref('stg_property_register') }} as register on register._period <= days.as_of
    ) as versions
    where newest = 1
),

deposit as (
    select as_of, person_key, coalesce(deposits_fen, 0) + coalesce(securities_fen, 0) as held_fen
    from (
        select
            days.as_of, checks.person_key, checks.deposits_fen, checks.securities_fen,
            row_number() over (partition by days.as_of, checks.person_key order by checks.checked_on desc) as newest
        from {{ ref('int_as_of') }} as days
        inner join {{ ref('stg_financial_check') }} as checks on checks.checked_on <= days.as_of
    ) as versions
    where newest = 1
),

owned as (
    select
        as_of, person_key,
        case when vehicle_kind = '小型汽车' and status = '正常' then 1 else 0 end as cars,
        0 as firms, null as home_certificate, 0 as town_homes, 0 as held_fen
    from vehicle
    union all
    select
        as_of, person_key, 0 as cars,
        case when kind in ('有限责任公司', '其他企业') and status = '存续' then 1 else 0 end as firms,
        null as home_certificate, 0 as town_homes, 0 as held_fen
    from firm
    union all
    select
        as_of, person_key, 0 as cars, 0 as firms, certificate_no as home_certificate,
        case when place = '城镇' then 1 else 0 end as town_homes, 0 as held_fen
    from home
    where home_use = '住宅'
    union all
    select as_of, person_key, 0 as cars, 0 as firms, null as home_certificate, 0 as town_homes, held_fen
    from deposit
)

select
    members.as_of,
    members.household_no,
    cast(sum(owned.cars) as integer) as cars,
    cast(sum(owned.firms) as integer) as firms,
    count(distinct owned.home_certificate) as homes,
    cast(sum(owned.town_homes) as integer) as town_homes,
    cast(sum(owned.held_fen) as bigint) as deposits_fen
from owned
inner join {{ ref('int_member_at') }} as members
    on owned.as_of = members.as_of and owned.person_key = members.person_key
group by members.as_of, members.household_no
