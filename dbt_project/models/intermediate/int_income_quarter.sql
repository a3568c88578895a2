-- One row per as-of day, income window, household and quarter with a record or a survey: of recorded and declared the larger counts.
-- Amounts that may be thirds of a fen are in thirds. Rules section 3.
with both_sides as (
    select
        coalesce(recorded.household_id, declared.household_id) as household_id,
        coalesce(recorded.slot, declared.slot) as slot,
        coalesce(declared.months, 0) as months,
        coalesce(recorded.wage_rows, 0) as wage_rows,
        case when declared.has_wage then 1 else 0 end as has_wage,
        coalesce(recorded.wage_fen, 0) * 3 as wage_recorded,
        coalesce(declared.wage_thirds, 0) as wage_declared,
        coalesce(declared.business_gross_thirds, 0) as business_gross_thirds,
        coalesce(declared.business_cost_thirds, 0) as business_cost_thirds,
        coalesce(declared.property_thirds, 0) as property_thirds,
        coalesce(declared.transfer_family_thirds, 0) as transfer_family_thirds,
        coalesce(declared.transfer_paid_thirds, 0) as transfer_paid_thirds,
        coalesce(declared.employment_cost_thirds, 0) as employment_cost_thirds,
        coalesce(recorded.basic_pension_fen, 0) as basic_pension_fen,
        coalesce(recorded.excluded_pension_fen, 0) as excluded_pension_fen,
        coalesce(recorded.account_pension_fen, 0) as account_pension_fen,
        greatest(coalesce(recorded.dibao_paid_fen, 0), coalesce(recorded.dibao_listed_fen, 0)) as dibao_fen,
        greatest(coalesce(recorded.tekun_paid_fen, 0), coalesce(recorded.tekun_listed_fen, 0)) as tekun_fen,
        coalesce(recorded.other_transfer_fen, 0) as other_transfer_fen,
        coalesce(recorded.other_excluded_fen, 0) as other_excluded_fen,
        coalesce(declared.transfer_other_thirds, 0) as transfer_other_thirds,
        coalesce(recorded.illness_fen, 0) as illness_fen,
        coalesce(recorded.disability_fen, 0) as disability_fen,
        coalesce(declared.medical_thirds, 0) as medical_thirds,
        coalesce(recorded.schooling_fen, 0) as schooling_fen,
        coalesce(declared.education_thirds, 0) as education_thirds,
        coalesce(recorded.disaster_fen, 0) as disaster_fen,
        coalesce(declared.disaster_thirds, 0) as disaster_thirds
    from {{ ref('int_recorded_quarter') }} as recorded
    full outer join {{ ref('int_declared_quarter') }} as declared
        on recorded.household_id = declared.household_id and recorded.slot = declared.slot
)

select
    windows.as_of,
    windows.income_window,
    households.household_no,
    windows.quarter,
    sides.household_id,
    sides.months,
    sides.wage_rows,
    sides.has_wage,
    sides.wage_recorded,
    sides.wage_declared,
    {{ larger_counts('sides.wage_recorded', 'sides.wage_declared') }} as wage_thirds,
    sides.business_gross_thirds,
    sides.business_cost_thirds,
    sides.property_thirds,
    {{ larger_counts(
        '3 * (sides.basic_pension_fen + sides.account_pension_fen + sides.dibao_fen + sides.tekun_fen + sides.other_transfer_fen)',
        'sides.transfer_other_thirds'
    ) }} as transfer_public_thirds,
    3 * (sides.basic_pension_fen + sides.account_pension_fen + sides.dibao_fen + sides.tekun_fen + sides.other_transfer_fen)
        as transfer_public_recorded,
    sides.transfer_other_thirds as transfer_public_declared,
    sides.transfer_family_thirds,
    sides.transfer_paid_thirds,
    sides.employment_cost_thirds,
    sides.excluded_pension_fen,
    sides.dibao_fen,
    sides.tekun_fen,
    sides.other_excluded_fen,
    {{ larger_counts(
        '3 * sides.illness_fen',
        '3 * sides.illness_fen + greatest(sides.medical_thirds - 3 * sides.illness_fen - 3 * sides.disability_fen, 0)'
    ) }} as illness_thirds,
    3 * sides.disability_fen as disability_thirds,
    {{ larger_counts('3 * sides.schooling_fen', 'sides.education_thirds') }} as schooling_thirds,
    {{ larger_counts('3 * sides.disaster_fen', 'sides.disaster_thirds') }} as disaster_thirds,
    sides.illness_fen + sides.disability_fen as medical_borne_fen
from both_sides as sides
inner join {{ ref('int_household_at') }} as households on sides.household_id = households.household_id
inner join {{ ref('int_window_quarter') }} as windows on sides.slot = windows.slot
inner join {{ ref('int_threshold') }} as thresholds
    on households.as_of = thresholds.as_of and households.region_code = thresholds.region_code
