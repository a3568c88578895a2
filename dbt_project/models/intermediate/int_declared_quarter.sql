{{ config(materialized='view') }}
-- One row per household and surveyed quarter of one of its windows (household_quarter): what was declared for the quarter's months in
-- the window. Amounts are in thirds of a fen, so that a month's share of a quarter stays a whole number.
select
    households.household_id + windows.slot as household_quarter,
    windows.months,
    surveys.wage_fen is not null as has_wage,
    coalesce(surveys.wage_fen, 0) * windows.months as wage_thirds,
    coalesce(surveys.business_gross_fen, 0) * windows.months as business_gross_thirds,
    coalesce(surveys.business_cost_fen, 0) * windows.months as business_cost_thirds,
    coalesce(surveys.property_fen, 0) * windows.months as property_thirds,
    coalesce(surveys.transfer_family_fen, 0) * windows.months as transfer_family_thirds,
    coalesce(surveys.transfer_other_fen, 0) * windows.months as transfer_other_thirds,
    coalesce(surveys.transfer_paid_fen, 0) * windows.months as transfer_paid_thirds,
    coalesce(surveys.employment_cost_fen, 0) * windows.months as employment_cost_thirds,
    coalesce(surveys.education_spend_fen, 0) * windows.months as education_thirds,
    coalesce(surveys.medical_spend_fen, 0) * windows.months as medical_thirds,
    coalesce(surveys.disaster_spend_fen, 0) * windows.months as disaster_thirds
from {{ ref('int_window_quarter') }} as windows
inner join {{ ref('stg_income_survey') }} as surveys on windows.quarter = surveys.quarter
inner join {{ ref('int_household_at') }} as households
    on windows.as_of = households.as_of
        and surveys.household_no = households.household_no
        and {{ in_slice('households.household_id') }}
