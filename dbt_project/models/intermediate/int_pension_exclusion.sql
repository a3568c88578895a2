-- One row per region and month in which a clause of an adopted document keeps the basic pension out of assessed income there.
-- A county's own row goes over the shipped one for the months it covers, and of its own the nearest region's.
select distinct region_code, month
from (
    select
        chain.region_code,
        months.month,
        parameters.value,
        row_number() over (
            partition by chain.region_code, months.month, parameters.clause
            order by case when parameters.is_county_row then 0 else 1 end nulls last, chain.nearness desc, parameters.effective_from desc
        ) as choice
    from (select distinct month from {{ ref('int_window_month') }}) as months
    inner join {{ ref('int_parameter') }} as parameters
        on parameters.effective_from <= months.month
            and (parameters.effective_to is null or parameters.effective_to >= months.month)
    inner join {{ ref('int_region_chain') }} as chain on parameters.region_code = chain.ancestor_code
    inner join {{ source('raw', 'county_document') }} as adopted
        on parameters.clause = adopted.document || '-pension'
    where parameters.parameter = 'excluded'
) as candidates
where choice = 1 and value = '1'
