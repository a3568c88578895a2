-- LS-closed: opening + found - closed = open at the end, for every period, region and class; and what is open is what is monitored.
select dimension, value, period
from {{ ref('rpt_register_flow') }}
where opening + found - closed <> open_now
union all
select flow.dimension, flow.value, flow.period
from {{ ref('rpt_register_flow') }} as flow
left join (
    select region_code, count(*) as monitored
    from {{ ref('fct_monitored_household') }}
    where is_monitored
    group by region_code
) as counted on flow.value = counted.region_code
where flow.dimension = 'village' and flow.period <> 'last_month' and flow.open_now <> coalesce(counted.monitored, 0)
