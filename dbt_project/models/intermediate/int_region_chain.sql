-- One row per region that households live in and region above it: village, township, county, prefecture, province, nation ('0').
with regions as (
    select distinct region_code from {{ ref('stg_registry_household') }}
    union
    select county_region as region_code from {{ source('raw', 'run') }}
)

select region_code, substr(region_code, 1, 12) as ancestor_code, 12 as nearness from regions where length(region_code) >= 12
union all
select region_code, substr(region_code, 1, 9) as ancestor_code, 9 as nearness from regions where length(region_code) >= 9
union all
select region_code, substr(region_code, 1, 6) as ancestor_code, 6 as nearness from regions
union all
select region_code, substr(region_code, 1, 4) as ancestor_code, 4 as nearness from regions
union all
select region_code, substr(region_code, 1, 2) as ancestor_code, 2 as nearness from regions
union all
select region_code, '0' as ancestor_code, 0 as nearness from regions
