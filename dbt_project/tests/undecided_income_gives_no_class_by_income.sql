-- Missing is not zero: a household without any survey in the window has no class that rests on income.
select household_no, class_name
from {{ ref('fct_household_class') }}
where income_status = '待定'
    and (basis like '%income%' or basis like '%spending%' or basis like '%below%' or basis like '%dibao_test%')
