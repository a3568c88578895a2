-- One row per household and quarter of one of its windows with a record or a survey: of recorded and declared the larger counts.
-- Amounts that may be thirds of a fen are in thirds. Rules section 3. household_id is int_household_at's.
with both_sides as (
    select
        recorded.as_of,
        recorded.income_window,
        recorded.quarter,
        recorded.household_id,
        recorded.household_quarter,
        coalesce(declared.months, 0) as months,
        coalesce(recorded.wage_rows, 0) as wage_rows,
        coalesce(declared.has_wage, false) as has_wage,
        coalesce(recorded.wage_fen, 0) * 3 as wage_recorded,
        coalesce(declared.wage_thirds, 0) as wage_declared,
        coalesce(declared.business_gross_thirds, 0) as business_gross_thirds,
        coalesce(declared.business_cost_thirds, 0) as business_cost_thirds,
        coalesce(declared.property_thirds, 0) as property_thirds,
        coalesce(declared.transfer_family_thirds, 0) as transfer_family_thirds,
        coalesce(declared.transfer_paid_thirds, 0) as transfer_paid_thirds,
        coalesce(declared.employment_cost_thirds, 0) as employment_cost_thirds,
        coalesce(recorded.basic_pension_fen, 0) + coalesce(recorded.account_pension_fen, 0) as pension_fen,
        coalesce(recorded.excluded_pension_fen, 0) as excluded_pension_fen,
        coalesce(recorded.dibao_paid_fen, 0) >= coalesce(recorded.dibao_listed_fen, 0) as is_dibao_paid,
        coalesce(recorded.tekun_paid_fen, 0) >= coalesce(recorded.tekun_listed_fen, 0) as is_tekun_paid,
        greatest(coalesce(recorded.dibao_paid_fen, 0), coalesce(recorded.dibao_listed_fen, 0)) as dibao_fen,
        greatest(coalesce(recorded.tekun_paid_fen, 0), coalesce(recorded.tekun_listed_fen, 0)) as tekun_fen,
        coalesce(recorded.subsidy_fen, 0) + coalesce(recorded.listed_fen, 0) as other_transfer_fen,
        coalesce(recorded.subsidy_excluded_fen, 0) + coalesce(recorded.listed_excluded_fen, 0) as other_excluded_fen,
        coalesce(declared.transfer_other_thirds, 0) as transfer_other_thirds,
        coalesce(recorded.illness_fen, 0) as illness_fen,
        coalesce(recorded.disability_fen, 0) as disability_fen,
        coalesce(declared.medical_thirds, 0) as medical_thirds,
        coalesce(recorded.schooling_fen, 0) as schooling_fen,
        coalesce(declared.education_thirds, 0) as education_thirds,
        coalesce(recorded.disaster_fen, 0) as disaster_fen,
        coalesce(declared.disaster_thirds, 0) as disaster_thirds
    from {{ ref('int_recorded_quarter') }} as recorded
    left join {{ ref('int_declared_quarter') }} as declared on recorded.household_quarter = declared.household_quarter
    where declared.household_quarter is not null
        or recorded.wage_fen is not null
        or recorded.basic_pension_fen is not null
        or recorded.subsidy_fen is not null
        or recorded.listed_fen is not null
        or recorded.illness_fen is not null
        or recorded.schooling_fen is not null
        or recorded.disaster_fen is not null
)

select
    sides.as_of,
    sides.income_window,
    sides.quarter,
    sides.household_id,
    sides.household_quarter,
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
        '3 * (sides.pension_fen + sides.dibao_fen + sides.tekun_fen + sides.other_transfer_fen)', 'sides.transfer_other_thirds'
    ) }} as transfer_public_thirds,
    3 * (sides.pension_fen + sides.dibao_fen + sides.tekun_fen + sides.other_transfer_fen) as transfer_public_recorded,
    sides.transfer_other_thirds as transfer_public_declared,
    sides.transfer_family_thirds,
    sides.transfer_paid_thirds,
    sides.employment_cost_thirds,
    sides.excluded_pension_fen,
    sides.is_dibao_paid,
    sides.is_tekun_paid,
    sides.dibao_fen,
    sides.tekun_fen,
    sides.other_excluded_fen,
    {{ larger_counts(
        '3 * sides.illness_fen',
        '3 * sides.illness_fen + greatest(sides.medical_thirds - 3 * sides.illness_fen - 3 * sides.disability_fen, 0)'
    ) }} as illness_thirds,
    3 * sides.illness_fen as illness_recorded,
    sides.medical_thirds as medical_declared,
    3 * sides.disability_fen as disability_thirds,
    {{ larger_counts('3 * sides.schooling_fen', 'sides.education_thirds') }} as schooling_thirds,
    3 * sides.schooling_fen as schooling_recorded,
    sides.education_thirds as schooling_declared,
    {{ larger_counts('3 * sides.disaster_fen', 'sides.disaster_thirds') }} as disaster_thirds,
    3 * sides.disaster_fen as disaster_recorded,
    sides.disaster_thirds as disaster_declared,
    sides.illness_fen + sides.disability_fen as medical_borne_fen
from both_sides as sides
inner join (
    select households.household_id, comparisons.income_comparison
    from {{ ref('int_household_at') }} as households
    inner join {{ ref('int_threshold') }} as comparisons
        on households.as_of = comparisons.as_of and households.region_code = comparisons.region_code
) as thresholds on sides.household_id = thresholds.household_id
