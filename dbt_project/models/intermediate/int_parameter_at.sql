-- One row per as-of day, region and parameter in force: the nearest region wins, the county's own row over the shipped.
select as_of, region_code, clause, parameter, value, unit, reference, is_county_row
from (
    select
        days.as_of,
        chain.region_code,
        parameters.clause,
        parameters.parameter,
        parameters.value,
        parameters.unit,
        parameters.reference,
        parameters.is_county_row,
        row_number() over (
            partition by days.as_of, chain.region_code, parameters.clause, parameters.parameter
            order by case when parameters.is_county_row then 0 else 1 end nulls last, chain.nearness desc, parameters.effective_from desc
        ) as choice
    from {{ ref('int_as_of') }} as days
    cross join {{ ref('int_region_chain') }} as chain
    inner join {{ ref('int_parameter') }} as parameters
        on chain.ancestor_code = parameters.region_code
            and parameters.effective_from <= days.as_of
            and (parameters.effective_to is null or parameters.effective_to >= days.as_of)
) as candidates
where choice = 1
