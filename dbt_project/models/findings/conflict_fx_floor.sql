-- FX-floor: rural dibao standards in force on D below the national poverty standard; their regions are not published.
with judged as (
    select
        day.as_of,
        faults.region_code,
        cast(null as {{ dbt.type_string() }}) as household_no,
        faults.line_fen,
        faults.national_fen,
        faults.message
    from {{ ref('int_line_fault') }} as faults
    cross join {{ ref('int_day') }} as day
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'FX'
    where faults.clause = 'FX-floor'
)

select
    {{ finding(
        rule="'conflict_fx_floor'", kind="'conflict'", document="'FX'", clause="'FX-floor'", subject="'农村低保标准低于国家扶贫标准'",
        basis="'floor_broken'", measured_name="'农村低保标准'", measured_fen='state.line_fen', threshold_name="'国家扶贫标准'",
        threshold_fen='state.national_fen', department="'民政'", evidence='state.message'
    ) }}
from judged as state
