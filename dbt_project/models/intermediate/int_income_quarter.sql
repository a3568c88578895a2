-- One row per as-of day, income window, household and quarter with a record or a survey: of recorded and declared the larger counts.
-- Amounts that may be thirds of a fen are in thirds. Rules section 3.
with both_sides as (
    select
        as_of, income_window, household_no, quarter,
        sum(months) as months,
        max(wage_rows) as wage_rows,
        max(has_wage) as has_wage,
        cast(sum(wage_fen) as bigint) * 3 as wage_recorded,
        cast(sum(wage_thirds) as bigint) as wage_declared,
        cast(sum(business_gross_thirds) as bigint) as business_gross_thirds,
        cast(sum(business_cost_thirds) as bigint) as business_cost_thirds,
        cast(sum(property_thirds) as bigint) as property_thirds,
        cast(sum(transfer_family_thirds) as bigint) as transfer_family_thirds,
        cast(sum(transfer_paid_thirds) as bigint) as transfer_paid_thirds,
        cast(sum(employment_cost_thirds) as bigint) as employment_cost_thirds,
        cast(sum(basic_pension_fen) as bigint) as basic_pension_fen,
        cast(sum(excluded_pension_fen) as bigint) as excluded_pension_fen,
        cast(sum(account_pension_fen) as bigint) as account_pension_fen,
        cast(greatest(sum(dibao_paid_fen), sum(dibao_listed_fen)) as bigint) as dibao_fen,
        cast(greatest(sum(tekun_paid_fen), sum(tekun_listed_fen)) as bigint) as tekun_fen,
        cast(sum(other_transfer_fen) as bigint) as other_transfer_fen,
        cast(sum(other_excluded_fen) as bigint) as other_excluded_fen,
        cast(sum(transfer_other_thirds) as bigint) as transfer_other_thirds,
        cast(sum(illness_fen) as bigint) as illness_fen,
        cast(sum(disability_fen) as bigint) as disability_fen,
        cast(sum(medical_thirds) as bigint) as medical_thirds,
        cast(sum(schooling_fen) as bigint) as schooling_fen,
        cast(sum(education_thirds) as bigint) as education_thirds,
        cast(sum(disaster_fen) as bigint) as disaster_fen,
        cast(sum(disaster_thirds) as bigint) as disaster_thirds
    from (
        select
            as_of, income_window, household_no, quarter,
            0 as months, wage_rows, 0 as has_wage, wage_fen, 0 as wage_thirds,
            0 as business_gross_thirds, 0 as business_cost_thirds, 0 as property_thirds,
            0 as transfer_family_thirds, 0 as transfer_paid_thirds, 0 as employment_cost_thirds,
            basic_pension_fen, excluded_pension_fen, account_pension_fen,
            dibao_paid_fen, dibao_listed_fen, tekun_paid_fen, tekun_listed_fen,
            other_transfer_fen, other_excluded_fen, 0 as transfer_other_thirds,
            illness_fen, disability_fen, 0 as medical_thirds,
            schooling_fen, 0 as education_thirds, disaster_fen, 0 as disaster_thirds
        from {{ ref('int_recorded_quarter') }}
        union all
        select
            as_of, income_window, household_no, quarter,
            months, 0, case when has_wage then 1 else 0 end, 0, wage_thirds,
            business_gross_thirds, business_cost_thirds, property_thirds,
            transfer_family_thirds, transfer_paid_thirds, employment_cost_thirds,
            0, 0, 0, 0, 0, 0, 0, 0, 0, transfer_other_thirds,
            0, 0, medical_thirds, 0, education_thirds, 0, disaster_thirds
        from {{ ref('int_declared_quarter') }}
    ) as sides
    group by as_of, income_window, household_no, quarter
)

select
    sides.as_of,
    sides.income_window,
    sides.household_no,
    sides.quarter,
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
inner join {{ ref('int_household_at') }} as households
    on sides.as_of = households.as_of and sides.household_no = households.household_no
inner join {{ ref('int_threshold') }} as thresholds
    on households.as_of = thresholds.as_of and households.region_code = thresholds.region_code
