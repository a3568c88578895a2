select
    states.household_no,
    states.as_of,
    states.region_code,
    states.township_code,
    states.township,
    states.village,
    states.members,
    states.income_status,
    {{ yuan('states.disposable_income_fen') }} as disposable_income_yuan,
    {{ yuan('states.disposable_income_per_capita_fen') }} as disposable_income_per_capita_yuan,
    {{ yuan('states.assessed_income_per_capita_fen') }} as assessed_income_per_capita_yuan,
    {{ yuan('states.rigid_spending_fen') }} as rigid_spending_yuan,
    states.watch_line,
    {{ yuan('states.watch_fen') }} as watch_line_yuan_per_year,
    case when states.income_status <> '待定' then states.disposable_income_per_capita_fen < states.watch_fen end as is_below_watch_line,
    {{ yuan('states.dibao_fen') }} as dibao_line_yuan_per_year,
    states.dibao_result,
    states.is_on_dibao,
    case when states.is_day then states.is_monitored end as is_monitored
from {{ ref('int_household_state') }} as states
inner join {{ ref('int_as_of') }} as days on states.as_of = days.as_of and days.is_history
where not exists (
    select 1 from {{ ref('int_region_held_back') }} as held where held.region_code = states.region_code
)
