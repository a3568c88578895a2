-- A household's quarter of an item stands once. A primary key would say so too, at twice the cost of the whole table.
select household_no, quarter, item
from {{ ref('fct_income_quarter') }}
group by household_no, quarter, item
having count(*) > 1
