-- One row per as-of day and household: everything that rules compare, in one place.
with previous as (
    select * from {{ ref('int_household_income') }} where income_window = 'previous'
),

net_year as (
    select * from {{ ref('int_household_income') }} where income_window = 'net_income_year'
),

lost_job as (
    select as_of, household_no, min(lost_on) as lost_on
    from {{ ref('int_job_loss') }}
    where lost_on <= last_day(last_month)
    group by as_of, household_no
),

disaster as (
    select distinct windows.as_of, losses.household_no
    from {{ ref('stg_disaster_loss') }} as losses
    inner join {{ ref('int_window_month') }} as windows
        on {{ month_start('losses.happened_on') }} = windows.month and windows.income_window = 'current'
),

adopted as (
    select
        max(case when document = 'LY' then 1 else 0 end) = 1 as has_ly
    from {{ source('raw', 'county_document') }}
)

select
    households.as_of,
    days.is_day,
    households.household_no,
    households.region_code,
    households.township_code,
    households.township,
    households.village,
    households.head_key,
    households.is_registered_poor,
    households.is_lifted,
    households.is_legacy_4600,
    households.residence,
    incomes.members,
    incomes.income_status,
    incomes.disposable_income_fen,
    incomes.disposable_income_per_capita_fen,
    incomes.assessed_income_fen,
    incomes.assessed_income_per_capita_fen,
    incomes.after_rigid_income_per_capita_fen,
    incomes.rigid_illness_fen,
    incomes.rigid_disability_fen,
    incomes.rigid_schooling_fen,
    incomes.rigid_disaster_fen,
    incomes.rigid_spending_fen,
    incomes.medical_borne_fen,
    previous.income_status as previous_income_status,
    previous.disposable_income_fen as previous_disposable_income_fen,
    net_year.income_status as net_year_income_status,
    net_year.net_income_per_capita_fen as net_year_per_capita_fen,
    tests.dibao_line,
    tests.dibao_fen,
    tests.dibao_region,
    tests.dibao_document,
    tests.income_result as dibao_income_result,
    tests.result as dibao_result,
    tests.has_excluding_property,
    tests.has_car,
    tests.has_firm,
    tests.has_homes,
    tests.has_deposits,
    tests.is_on_dibao,
    tests.has_any_dibao,
    tests.is_on_tekun,
    tests.result = 'pass' and not tests.is_on_dibao and not tests.is_on_tekun as is_potential_dibao,
    coalesce(homes.is_unsafe, false) as is_home_unsafe,
    coalesce(homes.is_unsafe and homes.is_only_home, false) as is_only_home_unsafe,
    homes.grade as home_grade,
    coalesce(flags.has_disabled, false) as has_disabled,
    coalesce(flags.has_no_labour, true) as has_no_labour,
    coalesce(flags.has_dependent, false) as has_dependent,
    coalesce(monitored.is_monitored, false) as is_monitored,
    own.line_fen_per_year as own_line_fen,
    own.line_region as own_line_region,
    own.document as own_line_document,
    poverty.line_fen_per_year as marginal_base_fen,
    poverty.line_region as marginal_base_region,
    poverty.document as marginal_base_document,
    case
        when own.line_fen_per_year is not null then '防返贫监测线'
        when adopted.has_ly then '省定贫困线x' || thresholds.marginal_multiple_text
        else tests.dibao_line
    end as watch_line,
    case
        when own.line_fen_per_year is not null then own.line_fen_per_year
        when adopted.has_ly
            then {{ rounded_quotient('poverty.line_fen_per_year * thresholds.marginal_multiple_ppm', 1000000) }}
        else tests.dibao_fen
    end as watch_fen,
    case
        when own.line_fen_per_year is not null then own.line_region
        when adopted.has_ly then poverty.line_region
        else tests.dibao_region
    end as watch_region,
    case
        when incomes.rigid_spending_fen > 0 then case
            when incomes.rigid_illness_fen >= incomes.rigid_disability_fen
                and incomes.rigid_illness_fen >= incomes.rigid_schooling_fen
                and incomes.rigid_illness_fen >= incomes.rigid_disaster_fen then '因病'
            when incomes.rigid_disability_fen >= incomes.rigid_schooling_fen
                and incomes.rigid_disability_fen >= incomes.rigid_disaster_fen then '因残'
            when incomes.rigid_schooling_fen >= incomes.rigid_disaster_fen then '因学'
            else '因灾'
        end
        when lost_job.household_no is not null then '因务工就业不稳'
        when disaster.household_no is not null then '因灾'
        when coalesce(flags.has_no_labour, true) then '缺劳动力'
        when coalesce(homes.is_unsafe, false) then '住房安全'
        else '其他'
    end as main_cause
from {{ ref('int_household_at') }} as households
inner join {{ ref('int_as_of') }} as days on households.as_of = days.as_of
inner join {{ ref('int_household_income') }} as incomes
    on households.as_of = incomes.as_of
        and households.household_no = incomes.household_no
        and incomes.income_window = 'current'
inner join {{ ref('int_threshold') }} as thresholds
    on households.as_of = thresholds.as_of and households.region_code = thresholds.region_code
inner join {{ ref('int_dibao_test') }} as tests
    on households.as_of = tests.as_of and households.household_no = tests.household_no
cross join adopted
left join previous on households.as_of = previous.as_of and households.household_no = previous.household_no
left join net_year on households.as_of = net_year.as_of and households.household_no = net_year.household_no
left join {{ ref('int_home_at') }} as homes
    on households.as_of = homes.as_of and households.household_no = homes.household_no
left join {{ ref('int_member_flags') }} as flags
    on households.as_of = flags.as_of and households.household_no = flags.household_no
left join {{ ref('int_monitored') }} as monitored
    on households.as_of = monitored.as_of and households.household_no = monitored.household_no
left join {{ ref('int_line_at') }} as own
    on households.as_of = own.as_of and households.region_code = own.region_code and own.line = '防返贫监测线'
left join {{ ref('int_line_at') }} as poverty
    on households.as_of = poverty.as_of
        and households.region_code = poverty.region_code
        and poverty.line = '省定贫困线@' || cast(thresholds.marginal_line_year as {{ dbt.type_string() }})
left join lost_job on households.as_of = lost_job.as_of and households.household_no = lost_job.household_no
left join disaster on households.as_of = disaster.as_of and households.household_no = disaster.household_no
