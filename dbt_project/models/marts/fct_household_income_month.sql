with household_month as (
    select published.household_id, published.household_no, published.as_of, windows.month, windows.quarter
    from {{ ref('int_published_household') }} as published
    inner join {{ ref('int_window_month') }} as windows
        on published.as_of = windows.as_of and windows.income_window = 'current' and {{ in_slice('published.household_id') }}
),

recorded as (
    select
        members.household_id,
        amounts.month,
        cast(sum(amounts.wage_fen) as bigint) as wage_fen,
        cast(sum(amounts.basic_pension_fen + amounts.account_pension_fen) as bigint) as pension_fen,
        cast(sum(case when amounts.source = 'subsidy'
            then amounts.dibao_paid_fen + amounts.tekun_paid_fen + amounts.other_transfer_fen else 0 end) as bigint) as subsidy_fen,
        cast(sum(case when amounts.source = 'roster'
            then amounts.dibao_listed_fen + amounts.tekun_listed_fen + amounts.other_transfer_fen else 0 end) as bigint) as roster_fen,
        cast(sum(amounts.medical_fen) as bigint) as medical_fen,
        cast(sum(amounts.schooling_fen) as bigint) as schooling_fen
    from {{ ref('int_person_amount') }} as amounts
    inner join {{ ref('int_member_at') }} as members on amounts.person_key = members.person_key and {{ in_slice('members.household_id') }}
    inner join {{ ref('int_window_month') }} as windows
        on members.as_of = windows.as_of and windows.income_window = 'current' and amounts.month = windows.month
    group by members.household_id, amounts.month
),

disaster as (
    select household_no, {{ month_start('happened_on') }} as month,
        cast(sum(greatest(coalesce(loss_fen, 0) - coalesce(compensation_fen, 0), 0)) as bigint) as disaster_fen
    from {{ ref('stg_disaster_loss') }}
    group by household_no, {{ month_start('happened_on') }}
)

select
    months.household_no,
    months.as_of,
    months.month,
    surveys.household_no is not null as is_surveyed,
    {{ yuan('coalesce(recorded.wage_fen, 0)') }} as wage_recorded_yuan,
    {{ yuan('coalesce(recorded.pension_fen, 0)') }} as pension_recorded_yuan,
    {{ yuan('coalesce(recorded.subsidy_fen, 0)') }} as subsidy_recorded_yuan,
    {{ yuan('coalesce(recorded.roster_fen, 0)') }} as roster_recorded_yuan,
    {{ yuan('coalesce(recorded.medical_fen, 0)') }} as medical_recorded_yuan,
    {{ yuan('coalesce(recorded.schooling_fen, 0)') }} as schooling_recorded_yuan,
    {{ yuan('coalesce(disaster.disaster_fen, 0)') }} as disaster_recorded_yuan,
    {{ yuan(rounded_quotient('surveys.wage_fen', 3)) }} as wage_declared_yuan,
    case when surveys.household_no is not null
        then {{ yuan(rounded_quotient('coalesce(surveys.business_gross_fen, 0) - coalesce(surveys.business_cost_fen, 0)', 3)) }}
    end as net_business_declared_yuan,
    {{ yuan(rounded_quotient('surveys.property_fen', 3)) }} as property_declared_yuan,
    {{ yuan(rounded_quotient('surveys.transfer_other_fen', 3)) }} as transfer_public_declared_yuan,
    {{ yuan(rounded_quotient('surveys.transfer_family_fen', 3)) }} as transfer_family_declared_yuan,
    {{ yuan(rounded_quotient('surveys.transfer_paid_fen', 3)) }} as transfer_paid_declared_yuan
from household_month as months
left join recorded
    on months.household_id = recorded.household_id and months.month = recorded.month
left join disaster on months.household_no = disaster.household_no and months.month = disaster.month
left join {{ ref('stg_income_survey') }} as surveys
    on months.household_no = surveys.household_no and months.quarter = surveys.quarter
