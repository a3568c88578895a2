-- One row per parameter value, region and start: the county's own over the shipped.
select
    region_code, clause, parameter, value, unit, effective_from, effective_to, reference, false as is_county_row
from {{ ref('parameter') }}
union all
select
    region_code, clause, parameter, value, unit, effective_from, effective_to, reference, true as is_county_row
from {{ source('raw', 'county_parameter') }}
