-- The four parts of the statistics bureau add up to disposable income, to the cent, for every household.
select household_no
from {{ ref('fct_household_income') }}
where wage_income_yuan + net_business_income_yuan + net_property_income_yuan + net_transfer_income_yuan <> disposable_income_yuan
