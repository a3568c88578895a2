with income as (
    select incomes.*
    from {{ ref('int_household_income') }} as incomes
    inner join {{ ref('int_published_household') }} as published
        on incomes.as_of = published.as_of and incomes.household_no = published.household_no
    where incomes.income_window = 'current'
),

adopted as (
    select
        max(case when document = 'TR' then 1 else 0 end) = 1 as has_tr
    from {{ source('raw', 'county_document') }}
),

exclusion as (
    select max(exclusions.reference) as reference
    from {{ ref('assessed_income_exclusion') }} as exclusions
    inner join {{ source('raw', 'county_document') }} as documents on exclusions.document = documents.document
),

pension_clause as (
    select
        {{ joined_text('clause', 'clause') }} as clause,
        max(reference) as reference
    from (
        select parameters.clause, max(parameters.reference) as reference
        from {{ ref('int_parameter') }} as parameters
        inner join {{ source('raw', 'county_document') }} as documents
            on parameters.clause = documents.document || '-pension' and parameters.parameter = 'excluded'
        group by parameters.clause
    ) as clauses
),

job_clause as (
    select
        parameters.as_of,
        parameters.region_code,
        max(parameters.clause) as clause,
        max(parameters.reference) as reference
    from {{ ref('int_parameter_at') }} as parameters
    cross join adopted
    where parameters.clause = case when adopted.has_tr then 'TR-jobcost' else 'FX-jobcost' end
    group by parameters.as_of, parameters.region_code
),

declared_cost as (
    select published.as_of, published.household_no, cast(sum(quarters.employment_cost_thirds) as bigint) as cost_thirds
    from {{ ref('int_income_quarter') }} as quarters
    inner join {{ ref('int_published_household') }} as published on quarters.household_id = published.household_id
    where quarters.income_window = 'current'
    group by published.as_of, published.household_no
),

deduction as (
    select
        income.household_no, income.as_of, 1 as deduction_order, 'assistance' as deduction,
        cast(null as {{ dbt.type_string() }}) as clause, exclusion.reference,
        cast(null as bigint) as before_cap_fen, cast(null as bigint) as cap_fen, income.excluded_assistance_fen as amount_fen
    from income
    cross join exclusion
    union all
    select
        income.household_no, income.as_of, 2 as deduction_order, 'basic_pension' as deduction,
        pension_clause.clause, pension_clause.reference,
        null as before_cap_fen, null as cap_fen, income.excluded_pension_fen as amount_fen
    from income
    cross join pension_clause
    union all
    select
        income.household_no, income.as_of, 3 as deduction_order, 'employment_cost' as deduction,
        job_clause.clause, job_clause.reference,
        case when adopted.has_tr then {{ rounded_quotient('coalesce(declared_cost.cost_thirds, 0)', 3) }} end as before_cap_fen,
        case when adopted.has_tr then {{ rounded_quotient('income.total_income_fen * thresholds.job_cost_cap_ppm', 1000000) }} end as cap_fen,
        income.employment_cost_fen as amount_fen
    from income
    cross join adopted
    inner join {{ ref('int_threshold') }} as thresholds
        on income.as_of = thresholds.as_of and income.region_code = thresholds.region_code
    left join job_clause on income.as_of = job_clause.as_of and income.region_code = job_clause.region_code
    left join declared_cost on income.as_of = declared_cost.as_of and income.household_no = declared_cost.household_no
    union all
    select
        income.household_no, income.as_of, 4 as deduction_order, 'rigid_spending' as deduction,
        parameters.clause, parameters.reference,
        null as before_cap_fen, null as cap_fen, income.rigid_spending_fen as amount_fen
    from income
    cross join adopted
    inner join {{ ref('int_threshold') }} as thresholds
        on income.as_of = thresholds.as_of and income.region_code = thresholds.region_code and thresholds.rigid_deducted = 1
    inner join {{ ref('int_parameter_at') }} as parameters
        on income.as_of = parameters.as_of
            and income.region_code = parameters.region_code
            and parameters.clause = 'TR-rigid'
            and parameters.parameter = 'deducted'
    where adopted.has_tr
)

select
    household_no,
    as_of,
    cast(deduction_order as integer) as deduction_order,
    deduction,
    clause,
    reference,
    {{ yuan('before_cap_fen') }} as before_cap_yuan,
    {{ yuan('cap_fen') }} as cap_yuan,
    {{ yuan('amount_fen') }} as amount_yuan
from deduction
where amount_fen <> 0 or before_cap_fen <> 0
