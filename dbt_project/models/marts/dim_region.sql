with village as (
    select
        region_code,
        max(township) as township,
        max(village) as village
    from {{ ref('int_household_at') }}
    group by region_code
)

select region_code, village as region_name, '村' as region_level, substr(region_code, 1, 9) as parent_code
from village
union all
select substr(region_code, 1, 9) as region_code, max(township) as region_name, '乡镇' as region_level, substr(region_code, 1, 6) as parent_code
from village
group by substr(region_code, 1, 9), substr(region_code, 1, 6)
union all
select county_region as region_code, county_name as region_name, '县' as region_level, substr(county_region, 1, 4) as parent_code
from {{ source('raw', 'run') }}
