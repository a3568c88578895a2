-- One row per as-of day, income window, household and quarter with any record of a department: sums in fen over the quarter's months in the window.
with excluded_month as (
    select distinct month from {{ ref('int_pension_exclusion') }}
),

person_part as (
    select
        members.household_id,
        windows.slot,
        amounts.wage_fen,
        amounts.wage_rows,
        amounts.basic_pension_fen,
        case when excluded_month.month is not null then amounts.basic_pension_fen else 0 end as excluded_pension_fen,
        amounts.account_pension_fen,
        amounts.dibao_paid_fen,
        amounts.tekun_paid_fen,
        amounts.dibao_listed_fen,
        amounts.tekun_listed_fen,
        amounts.other_transfer_fen,
        amounts.other_excluded_fen,
        case when members.is_disabled then 0 else amounts.medical_fen end as illness_fen,
        case when members.is_disabled then amounts.medical_fen else 0 end as disability_fen,
        amounts.schooling_fen,
        0 as disaster_fen
    from {{ ref('int_person_amount') }} as amounts
    inner join {{ ref('int_member_at') }} as members on amounts.person_key = members.person_key
    inner join {{ ref('int_window_month') }} as windows
        on members.as_of = windows.as_of and amounts.month = windows.month
    left join excluded_month on amounts.month = excluded_month.month
),

household_part as (
    select
        households.household_id,
        windows.slot,
        greatest(coalesce(losses.loss_fen, 0) - coalesce(losses.compensation_fen, 0), 0) as disaster_fen
    from {{ ref('stg_disaster_loss') }} as losses
    inner join {{ ref('int_household_at') }} as households on losses.household_no = households.household_no
    inner join {{ ref('int_window_month') }} as windows
        on households.as_of = windows.as_of and {{ month_start('losses.happened_on') }} = windows.month
),

summed as (
    select
        household_id,
        slot,
        cast(sum(wage_fen) as bigint) as wage_fen,
        cast(sum(wage_rows) as bigint) as wage_rows,
        cast(sum(basic_pension_fen) as bigint) as basic_pension_fen,
        cast(sum(excluded_pension_fen) as bigint) as excluded_pension_fen,
        cast(sum(account_pension_fen) as bigint) as account_pension_fen,
        cast(sum(dibao_paid_fen) as bigint) as dibao_paid_fen,
        cast(sum(tekun_paid_fen) as bigint) as tekun_paid_fen,
        cast(sum(dibao_listed_fen) as bigint) as dibao_listed_fen,
        cast(sum(tekun_listed_fen) as bigint) as tekun_listed_fen,
        cast(sum(other_transfer_fen) as bigint) as other_transfer_fen,
        cast(sum(other_excluded_fen) as bigint) as other_excluded_fen,
        cast(sum(illness_fen) as bigint) as illness_fen,
        cast(sum(disability_fen) as bigint) as disability_fen,
        cast(sum(schooling_fen) as bigint) as schooling_fen,
        cast(sum(disaster_fen) as bigint) as disaster_fen
    from (
        select * from person_part
        union all
        select
            household_id, slot,
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, disaster_fen
        from household_part
    ) as parts
    group by household_id, slot
)

select
    windows.as_of,
    windows.income_window,
    households.household_no,
    windows.quarter,
    summed.household_id,
    summed.slot,
    summed.wage_fen,
    summed.wage_rows,
    summed.basic_pension_fen,
    summed.excluded_pension_fen,
    summed.account_pension_fen,
    summed.dibao_paid_fen,
    summed.tekun_paid_fen,
    summed.dibao_listed_fen,
    summed.tekun_listed_fen,
    summed.other_transfer_fen,
    summed.other_excluded_fen,
    summed.illness_fen,
    summed.disability_fen,
    summed.schooling_fen,
    summed.disaster_fen
from summed
inner join {{ ref('int_household_at') }} as households on summed.household_id = households.household_id
inner join {{ ref('int_window_quarter') }} as windows on summed.slot = windows.slot
