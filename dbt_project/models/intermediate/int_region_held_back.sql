-- One row per region for which nothing by a line may be shown: its own lines or parameters, or those it inherits, have a fault.
select distinct chain.region_code
from {{ ref('int_region_chain') }} as chain
inner join {{ ref('int_line_fault') }} as faults on chain.ancestor_code = faults.region_code
