-- One row per day, D and the month end before it, and household of an LY county never registered poor: whether it is
-- 困难边缘户 (LY-income, LY-township, LY-spending), and if not, what puts it on the observation list (LY-watch, LY-groups).
with judged as (
    select
        households.*,
        {{ rounded_quotient('households.marginal_base_fen * thresholds.watch_multiple_ppm', 1000000) }} as near_fen,
        households.income_status <> '待定' and households.disposable_income_per_capita_fen <= households.watch_fen
            as is_marginal_by_income,
        households.income_status <> '待定' and households.rigid_spending_fen > 0 and (
            households.disposable_income_fen <= 0
            or households.rigid_spending_fen * 1000000 >= thresholds.marginal_spending_ppm * households.disposable_income_fen
        ) as is_marginal_by_spending,
        households.income_status <> '待定'
        and households.disposable_income_per_capita_fen
        <= {{ rounded_quotient('households.marginal_base_fen * thresholds.watch_multiple_ppm', 1000000) }} as is_by_income,
        households.income_status <> '待定' and households.rigid_spending_fen > 0 and (
            households.disposable_income_fen <= 0
            or households.rigid_spending_fen * 1000000 >= thresholds.watch_spending_ppm * households.disposable_income_fen
        ) as is_by_spending
    from {{ ref('int_household_state') }} as households
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'LY'
    inner join {{ ref('int_threshold') }} as thresholds
        on households.as_of = thresholds.as_of and households.region_code = thresholds.region_code
    where not households.is_registered_poor
        and (
            households.is_day
            or households.as_of = (select max(days.as_of) from {{ ref('int_as_of') }} as days where not days.is_day)
        )
)

select
    as_of,
    is_day,
    household_no,
    near_fen,
    disposable_income_per_capita_fen,
    is_marginal_by_income,
    is_marginal_by_spending,
    is_marginal_by_income or is_marginal_by_spending as is_marginal,
    is_by_income,
    is_by_spending,
    not is_marginal_by_income
    and not is_marginal_by_spending
    and (
        is_by_income or is_by_spending or is_potential_dibao or is_only_home_unsafe or has_no_labour or has_disabled
    ) as is_watched
from judged
