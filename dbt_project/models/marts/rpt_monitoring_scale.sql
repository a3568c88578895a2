with monitored as (
    select * from {{ ref('fct_monitored_household') }} where is_monitored
),

run as (
    select as_of, county_region from {{ source('raw', 'run') }}
),

population as (
    select
        coalesce(sum(case when is_registered_poor then members else 0 end), 0) as registered_people,
        coalesce(sum(case when is_on_dibao then members else 0 end), 0) as dibao_people
    from {{ ref('dim_household') }}
),

base as (
    select
        case when registered_people > 0 then 'registered_poor' else 'dibao' end as base_rule,
        case when registered_people > 0 then registered_people else dibao_people end as base_people
    from population
),

target as (
    select max(thresholds.scale_ppm) as scale_ppm
    from {{ ref('int_threshold') }} as thresholds
    inner join run on thresholds.as_of = run.as_of and thresholds.region_code = run.county_region
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'FQ'
),

counted as (
    select 1 as dimension_order, 'county' as dimension, run.county_region as dimension_value, count(monitored.household_no) as households,
        coalesce(sum(monitored.members), 0) as people
    from run left join monitored on run.as_of = monitored.as_of
    group by run.county_region
    union all
    select 2, 'township', township_code, count(*), sum(members) from monitored group by township_code
    union all
    select 3, 'village', region_code, count(*), sum(members) from monitored group by region_code
    union all
    select 4, 'class', coalesce(monitor_class, '未填写'), count(*), sum(members) from monitored group by coalesce(monitor_class, '未填写')
    union all
    select 5, 'cause', coalesce(main_cause, '未填写'), count(*), sum(members) from monitored group by coalesce(main_cause, '未填写')
    union all
    select 6, 'channel', coalesce(found_through, '未填写'), count(*), sum(members) from monitored group by coalesce(found_through, '未填写')
)

select
    run.as_of,
    counted.dimension_order,
    counted.dimension,
    counted.dimension_value as value,
    cast(counted.households as bigint) as households,
    cast(counted.people as bigint) as people,
    case when counted.dimension = 'county' then base.base_rule end as base_rule,
    case when counted.dimension = 'county' then cast(base.base_people as bigint) end as base_people,
    case when counted.dimension = 'county' and base.base_people > 0
        then {{ yuan(rounded_quotient('cast(counted.people as bigint) * 10000', 'cast(base.base_people as bigint)')) }} end as share_percent,
    case when counted.dimension = 'county'
        then {{ yuan(rounded_quotient('cast(base.base_people as bigint) * target.scale_ppm', 10000)) }} end as target_people,
    case when counted.dimension = 'county'
        then cast(counted.people - {{ yuan(rounded_quotient('cast(base.base_people as bigint) * target.scale_ppm', 10000)) }} as decimal(18, 2))
    end as difference_people
from counted
cross join run
cross join base
cross join target
