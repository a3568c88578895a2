-- One row per as-of day, income window and household: every leaf rounded to the fen once, every total made of rounded leaves.
with adopted as (
    select
        max(case when document = 'TR' then 1 else 0 end) as has_tr,
        max(case when document = 'FX' then 1 else 0 end) as has_fx
    from {{ source('raw', 'county_document') }}
),

excluded_kind as (
    select
        coalesce(max(case when exclusions.kind = '低保金' then 1 end), 0) as dibao,
        coalesce(max(case when exclusions.kind = '特困供养金' then 1 end), 0) as tekun
    from {{ ref('assessed_income_exclusion') }} as exclusions
    inner join {{ source('raw', 'county_document') }} as documents on exclusions.document = documents.document
    cross join {{ source('raw', 'run') }} as run
    where exclusions.effective_from <= run.as_of
        and (exclusions.effective_to is null or exclusions.effective_to >= run.as_of)
),

summed as (
    select
        household_id,
        income_window,
        cast(sum(months) as integer) as months_covered,
        cast(sum(wage_thirds) as bigint) as wage_thirds,
        cast(sum(business_gross_thirds) as bigint) as business_gross_thirds,
        cast(sum(business_cost_thirds) as bigint) as business_cost_thirds,
        cast(sum(property_thirds) as bigint) as property_thirds,
        cast(sum(transfer_public_thirds) as bigint) as transfer_public_thirds,
        cast(sum(transfer_family_thirds) as bigint) as transfer_family_thirds,
        cast(sum(transfer_paid_thirds) as bigint) as transfer_paid_thirds,
        cast(sum(employment_cost_thirds) as bigint) as employment_cost_thirds,
        cast(sum(excluded_pension_fen) as bigint) as excluded_pension_fen,
        cast(sum(dibao_fen) as bigint) as dibao_fen,
        cast(sum(tekun_fen) as bigint) as tekun_fen,
        cast(sum(other_excluded_fen) as bigint) as other_excluded_fen,
        cast(sum(illness_thirds) as bigint) as illness_thirds,
        cast(sum(disability_thirds) as bigint) as disability_thirds,
        cast(sum(schooling_thirds) as bigint) as schooling_thirds,
        cast(sum(disaster_thirds) as bigint) as disaster_thirds,
        cast(sum(medical_borne_fen) as bigint) as medical_borne_fen
    from {{ ref('int_income_quarter') }}
    group by household_id, income_window
),

member_count as (
    select household_id, count(*) as members
    from {{ ref('int_member_at') }}
    group by household_id
),

leaves as (
    select
        households.as_of,
        windows.income_window,
        households.household_no,
        households.region_code,
        greatest(coalesce(member_count.members, 0), 1) as members,
        coalesce(summed.months_covered, 0) as months_covered,
        {{ rounded_quotient('coalesce(summed.wage_thirds, 0)', 3) }} as wage_fen,
        {{ rounded_quotient('coalesce(summed.business_gross_thirds, 0)', 3) }} as business_gross_fen,
        {{ rounded_quotient('coalesce(summed.business_cost_thirds, 0)', 3) }} as business_cost_fen,
        {{ rounded_quotient('coalesce(summed.property_thirds, 0)', 3) }} as property_fen,
        {{ rounded_quotient('coalesce(summed.transfer_public_thirds, 0)', 3) }} as transfer_public_fen,
        {{ rounded_quotient('coalesce(summed.transfer_family_thirds, 0)', 3) }} as transfer_family_fen,
        {{ rounded_quotient('coalesce(summed.transfer_paid_thirds, 0)', 3) }} as transfer_paid_fen,
        {{ rounded_quotient('coalesce(summed.employment_cost_thirds, 0)', 3) }} as employment_cost_declared_fen,
        coalesce(summed.excluded_pension_fen, 0) as excluded_pension_fen,
        coalesce(summed.dibao_fen * excluded_kind.dibao + summed.tekun_fen * excluded_kind.tekun + summed.other_excluded_fen, 0)
            as excluded_assistance_fen,
        {{ rounded_quotient('coalesce(summed.illness_thirds, 0)', 3) }} as rigid_illness_fen,
        {{ rounded_quotient('coalesce(summed.disability_thirds, 0)', 3) }} as rigid_disability_fen,
        {{ rounded_quotient('coalesce(summed.schooling_thirds, 0)', 3) }} as rigid_schooling_fen,
        {{ rounded_quotient('coalesce(summed.disaster_thirds, 0)', 3) }} as rigid_disaster_fen,
        coalesce(summed.medical_borne_fen, 0) as medical_borne_fen,
        thresholds.job_cost_cap_ppm,
        coalesce(thresholds.rigid_deducted, 0) * adopted.has_tr as rigid_deducted,
        adopted.has_tr
    from {{ ref('int_household_at') }} as households
    inner join {{ ref('int_window') }} as windows on households.as_of = windows.as_of
    inner join {{ ref('int_threshold') }} as thresholds
        on households.as_of = thresholds.as_of and households.region_code = thresholds.region_code
    cross join adopted
    cross join excluded_kind
    left join member_count on households.household_id = member_count.household_id
    left join summed
        on households.household_id = summed.household_id and windows.income_window = summed.income_window
),

totals as (
    select
        leaves.*,
        business_gross_fen - business_cost_fen as net_business_fen,
        transfer_public_fen + transfer_family_fen as transfer_received_fen,
        transfer_public_fen + transfer_family_fen - transfer_paid_fen as net_transfer_fen,
        wage_fen + business_gross_fen - business_cost_fen + property_fen + transfer_public_fen + transfer_family_fen as net_income_fen,
        wage_fen + business_gross_fen + property_fen + transfer_public_fen + transfer_family_fen as total_income_fen,
        rigid_illness_fen + rigid_disability_fen + rigid_schooling_fen + rigid_disaster_fen as rigid_spending_fen
    from leaves
),

deducted as (
    select
        totals.*,
        totals.net_income_fen - totals.transfer_paid_fen as disposable_income_fen,
        case
            when totals.has_tr = 1 then least(
                totals.employment_cost_declared_fen,
                {{ rounded_quotient('totals.total_income_fen * totals.job_cost_cap_ppm', 1000000) }}
            )
            else coalesce(costs.employment_cost_fen, 0)
        end as employment_cost_fen
    from totals
    left join {{ ref('int_employment_cost') }} as costs
        on totals.as_of = costs.as_of
            and totals.household_no = costs.household_no
            and totals.income_window = 'current'
),

concepts as (
    select
        deducted.*,
        disposable_income_fen - excluded_assistance_fen - excluded_pension_fen - employment_cost_fen
            - rigid_spending_fen * rigid_deducted as assessed_income_fen,
        disposable_income_fen - rigid_spending_fen as after_rigid_income_fen
    from deducted
)

select
    as_of,
    income_window,
    household_no,
    region_code,
    members,
    months_covered,
    case when months_covered = 0 then '待定' when months_covered < 12 then '部分' else '完整' end as income_status,
    wage_fen,
    business_gross_fen,
    business_cost_fen,
    net_business_fen,
    property_fen,
    transfer_public_fen,
    transfer_family_fen,
    transfer_received_fen,
    transfer_paid_fen,
    net_transfer_fen,
    disposable_income_fen,
    net_income_fen,
    total_income_fen,
    excluded_assistance_fen,
    excluded_pension_fen,
    employment_cost_fen,
    rigid_illness_fen,
    rigid_disability_fen,
    rigid_schooling_fen,
    rigid_disaster_fen,
    rigid_spending_fen,
    assessed_income_fen,
    after_rigid_income_fen,
    medical_borne_fen,
    {{ rounded_quotient('wage_fen', 'members') }} as wage_per_capita_fen,
    {{ rounded_quotient('net_business_fen', 'members') }} as net_business_per_capita_fen,
    {{ rounded_quotient('property_fen', 'members') }} as property_per_capita_fen,
    {{ rounded_quotient('net_transfer_fen', 'members') }} as net_transfer_per_capita_fen,
    {{ rounded_quotient('disposable_income_fen', 'members') }} as disposable_income_per_capita_fen,
    {{ rounded_quotient('net_income_fen', 'members') }} as net_income_per_capita_fen,
    {{ rounded_quotient('total_income_fen', 'members') }} as total_income_per_capita_fen,
    {{ rounded_quotient('assessed_income_fen', 'members') }} as assessed_income_per_capita_fen,
    {{ rounded_quotient('after_rigid_income_fen', 'members') }} as after_rigid_income_per_capita_fen
from concepts
