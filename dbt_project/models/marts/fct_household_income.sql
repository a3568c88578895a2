select
    incomes.household_no,
    incomes.as_of,
    windows.first_month as window_first_month,
    windows.last_month as window_last_month,
    incomes.region_code,
    incomes.members,
    incomes.income_status,
    incomes.months_covered,
    {{ yuan('incomes.wage_fen') }} as wage_income_yuan,
    {{ yuan('incomes.net_business_fen') }} as net_business_income_yuan,
    {{ yuan('incomes.property_fen') }} as net_property_income_yuan,
    {{ yuan('incomes.net_transfer_fen') }} as net_transfer_income_yuan,
    {{ yuan('incomes.disposable_income_fen') }} as disposable_income_yuan,
    {{ yuan("case when incomes.income_status = '完整' then incomes.disposable_income_fen else coalesce(intervals.low_fen, 0) end") }}
        as disposable_income_low_yuan,
    {{ yuan("case when incomes.income_status = '完整' then incomes.disposable_income_fen else intervals.high_fen end") }}
        as disposable_income_high_yuan,
    {{ yuan('incomes.net_income_fen') }} as net_income_yuan,
    {{ yuan('incomes.total_income_fen') }} as total_income_yuan,
    {{ yuan('incomes.assessed_income_fen') }} as assessed_income_yuan,
    {{ yuan('incomes.after_rigid_income_fen') }} as after_rigid_income_yuan,
    {{ yuan('incomes.wage_per_capita_fen') }} as wage_income_per_capita_yuan,
    {{ yuan('incomes.net_business_per_capita_fen') }} as net_business_income_per_capita_yuan,
    {{ yuan('incomes.property_per_capita_fen') }} as net_property_income_per_capita_yuan,
    {{ yuan('incomes.net_transfer_per_capita_fen') }} as net_transfer_income_per_capita_yuan,
    {{ yuan('incomes.disposable_income_per_capita_fen') }} as disposable_income_per_capita_yuan,
    {{ yuan('incomes.net_income_per_capita_fen') }} as net_income_per_capita_yuan,
    {{ yuan('incomes.total_income_per_capita_fen') }} as total_income_per_capita_yuan,
    {{ yuan('incomes.assessed_income_per_capita_fen') }} as assessed_income_per_capita_yuan,
    {{ yuan('incomes.after_rigid_income_per_capita_fen') }} as after_rigid_income_per_capita_yuan,
    {{ yuan('incomes.business_gross_fen') }} as business_gross_yuan,
    {{ yuan('incomes.business_cost_fen') }} as business_cost_yuan,
    {{ yuan('incomes.transfer_public_fen') }} as transfers_received_public_yuan,
    {{ yuan('incomes.transfer_family_fen') }} as transfers_received_family_yuan,
    {{ yuan('incomes.transfer_received_fen') }} as transfers_received_yuan,
    {{ yuan('incomes.transfer_paid_fen') }} as transfers_paid_yuan,
    {{ yuan('incomes.rigid_illness_fen') }} as rigid_illness_yuan,
    {{ yuan('incomes.rigid_disability_fen') }} as rigid_disability_yuan,
    {{ yuan('incomes.rigid_schooling_fen') }} as rigid_schooling_yuan,
    {{ yuan('incomes.rigid_disaster_fen') }} as rigid_disaster_yuan,
    {{ yuan('incomes.rigid_spending_fen') }} as rigid_spending_yuan,
    {{ yuan('incomes.medical_borne_fen') }} as medical_borne_yuan,
    {{ yuan('incomes.excluded_assistance_fen') }} as assistance_excluded_yuan,
    {{ yuan('incomes.excluded_pension_fen') }} as basic_pension_excluded_yuan,
    {{ yuan('incomes.employment_cost_fen') }} as employment_cost_deducted_yuan,
    {{ yuan('states.previous_disposable_income_fen') }} as previous_disposable_income_yuan,
    states.previous_income_status,
    {{ yuan('states.net_year_per_capita_fen') }} as net_income_year_per_capita_yuan,
    states.dibao_line,
    {{ yuan('states.dibao_fen') }} as dibao_line_yuan_per_year,
    states.dibao_income_result,
    states.dibao_result,
    states.watch_line,
    {{ yuan('states.watch_fen') }} as watch_line_yuan_per_year,
    states.main_cause
from {{ ref('int_household_income') }} as incomes
inner join {{ ref('int_published_household') }} as published
    on incomes.as_of = published.as_of and incomes.household_no = published.household_no
inner join {{ ref('int_window') }} as windows
    on incomes.as_of = windows.as_of and incomes.income_window = windows.income_window
left join {{ ref('int_income_interval') }} as intervals on published.household_id = intervals.household_id
inner join {{ ref('int_household_state') }} as states
    on incomes.as_of = states.as_of and incomes.household_no = states.household_no
where incomes.income_window = 'current'
