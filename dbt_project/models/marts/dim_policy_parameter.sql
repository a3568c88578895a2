select
    parameters.region_code,
    parameters.clause,
    parameters.parameter,
    parameters.value,
    parameters.unit,
    parameters.reference,
    parameters.is_county_row,
    parameters.as_of
from {{ ref('int_parameter_at') }} as parameters
inner join {{ ref('int_as_of') }} as days on parameters.as_of = days.as_of and days.is_day
