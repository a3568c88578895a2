{{ config(sliced=10000) }}
-- depends_on: {{ ref('int_household_at') }}
-- A household's quarter of an item stands once, and says whose and of when it is. A view has no key that would say so.
select household_no, quarter, item
from {{ ref('fct_income_quarter') }}
group by household_no, quarter, item
having count(*) > 1 or max(case when household_no is null or as_of is null or quarter is null or item is null then 1 else 0 end) = 1
