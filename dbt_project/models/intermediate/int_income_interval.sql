{{ config(materialized='view') }}
-- One row per household on D: between which figures its disposable income of the current window lies, in fen per year, while quarters
-- are not surveyed yet. A month without a survey is put at the household's own lowest and highest surveyed monthly rate, and at no
-- less than what departments recorded for it. Nothing surveyed at all: what is recorded at the least, and no upper figure.
with quarter as (
    select
        quarters.household_id,
        quarters.months,
        windows.months as window_months,
        quarters.wage_thirds + quarters.business_gross_thirds - quarters.business_cost_thirds + quarters.property_thirds
        + quarters.transfer_public_thirds + quarters.transfer_family_thirds - quarters.transfer_paid_thirds as income_thirds
    from {{ ref('int_income_quarter') }} as quarters
    inner join {{ ref('int_day') }} as day on quarters.as_of = day.as_of
    inner join {{ ref('int_window_quarter') }} as windows
        on quarters.as_of = windows.as_of
            and quarters.income_window = windows.income_window
            and quarters.quarter = windows.quarter
    where quarters.income_window = 'current'
),

summed as (
    select
        household_id,
        cast(sum(months) as bigint) as months_covered,
        cast(sum(case when months > 0 then income_thirds else 0 end) as bigint) as surveyed_thirds,
        cast(sum(case when months = 0 then income_thirds else 0 end) as bigint) as unsurveyed_thirds,
        min(case when months > 0 then {{ whole_quotient('income_thirds', 'nullif(months, 0)') }} end) as lowest_month_thirds,
        max(case when months > 0 then {{ whole_quotient('income_thirds', 'nullif(months, 0)') }} end) as highest_month_thirds
    from quarter
    group by household_id
),

window_length as (
    select cast(sum(windows.months) as bigint) as months
    from {{ ref('int_window_quarter') }} as windows
    inner join {{ ref('int_day') }} as day on windows.as_of = day.as_of
    where windows.income_window = 'current'
)

select
    summed.household_id,
    {{ rounded_quotient('summed.surveyed_thirds + greatest(summed.unsurveyed_thirds,
        coalesce((window_length.months - summed.months_covered) * summed.lowest_month_thirds, summed.unsurveyed_thirds))', 3) }}
        as low_fen,
    case when summed.months_covered > 0 then
        {{ rounded_quotient('summed.surveyed_thirds + greatest(summed.unsurveyed_thirds,
            (window_length.months - summed.months_covered) * summed.highest_month_thirds)', 3) }}
    end as high_fen
from summed
cross join window_length
