-- Nobody on the list of the day is forgotten: each published household has exactly one income.
{{ config(meta={'dagster': {'ref': {'name': 'fct_household_income'}}}) }}
select published.household_no
from {{ ref('int_published_household') }} as published
left join {{ ref('fct_household_income') }} as incomes on published.household_no = incomes.household_no
where incomes.household_no is null
