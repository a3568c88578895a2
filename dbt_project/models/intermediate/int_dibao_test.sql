-- One row per as-of day and household: the dibao line it is held against, the income test, property that excludes, and what it has now.
-- Without a line in force the test has no answer (null): never pass, never fail.
with roster as (
    select
        as_of,
        household_no,
        max(case when category in ('农村低保', '城市低保') and not is_single_person then 1 else 0 end) = 1 as is_on_dibao,
        max(case when category in ('农村低保', '城市低保') then 1 else 0 end) = 1 as has_any_dibao,
        max(case when category = '特困供养' then 1 else 0 end) = 1 as is_on_tekun
    from {{ ref('int_roster_at') }}
    group by as_of, household_no
),

adopted as (
    select max(case when document = 'TR' then 1 else 0 end) = 1 as has_tr
    from {{ source('raw', 'county_document') }}
),

held as (
    select
        households.as_of,
        households.household_no,
        households.region_code,
        case
            when adopted.has_tr and households.residence = '城镇长期居住' then '城市低保标准'
            else '农村低保标准'
        end as dibao_line
    from {{ ref('int_household_at') }} as households
    cross join adopted
),

tested as (
    select
        held.as_of,
        held.household_no,
        held.region_code,
        held.dibao_line,
        lines.line_fen_per_year as dibao_fen,
        lines.line_region as dibao_region,
        lines.document as dibao_document,
        incomes.income_status,
        incomes.assessed_income_per_capita_fen,
        incomes.assessed_income_per_capita_fen < lines.line_fen_per_year as is_below,
        coalesce(roster.is_on_dibao, false) as is_on_dibao,
        coalesce(roster.has_any_dibao, false) as has_any_dibao,
        coalesce(roster.is_on_tekun, false) as is_on_tekun,
        coalesce(property.cars, 0) > 0 as has_car,
        coalesce(property.firms, 0) > 0 as has_firm,
        coalesce(property.homes >= thresholds.home_count and property.town_homes > 0, false) as has_homes,
        coalesce(
            property.deposits_fen * 1000000
            > thresholds.deposit_years_ppm * lines.line_fen_per_year * incomes.members, false
        ) as has_deposits,
        coalesce(property.deposits_fen, 0) as deposits_fen
    from held
    inner join {{ ref('int_threshold') }} as thresholds
        on held.as_of = thresholds.as_of and held.region_code = thresholds.region_code
    inner join {{ ref('int_household_income') }} as incomes
        on held.as_of = incomes.as_of and held.household_no = incomes.household_no and incomes.income_window = 'current'
    left join {{ ref('int_line_at') }} as lines
        on held.as_of = lines.as_of and held.region_code = lines.region_code and held.dibao_line = lines.line
    left join roster on held.as_of = roster.as_of and held.household_no = roster.household_no
    left join {{ ref('int_property_at') }} as property
        on held.as_of = property.as_of and held.household_no = property.household_no
)

select
    tested.*,
    case when income_status = '待定' then '待定' when is_below then 'pass' when not is_below then 'fail' end as income_result,
    has_car or has_firm or has_homes or has_deposits as has_excluding_property,
    case
        when income_status = '待定' then '待定'
        when is_below and not (has_car or has_firm or has_homes or has_deposits) then 'pass'
        when is_below is not null then 'fail'
    end as result
from tested
