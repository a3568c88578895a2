-- One row per month in which a clause of an adopted document keeps the basic pension out of assessed income.
select distinct months.month, parameters.clause
from (select distinct month from {{ ref('int_window_month') }}) as months
inner join {{ ref('int_parameter') }} as parameters
    on parameters.effective_from <= months.month
        and (parameters.effective_to is null or parameters.effective_to >= months.month)
inner join {{ source('raw', 'county_document') }} as adopted
    on parameters.clause = adopted.document || '-pension'
where parameters.parameter = 'excluded' and parameters.value = '1'
