-- One row per household on D and contradiction in its data: both sources stand, a person settles it.
with twice as (
    select households.as_of, households.household_no, twice.person_key
    from {{ ref('int_household_at') }} as households
    inner join {{ ref('int_as_of') }} as days on households.as_of = days.as_of and days.is_day
    inner join {{ ref('int_list_month') }} as lists on households.as_of = lists.as_of
    inner join {{ ref('stg_registry_member') }} as members
        on lists.member_list = members._period and households.household_no = members.household_no
    inner join {{ ref('int_listed_twice') }} as twice
        on lists.household_list = twice.household_list
            and lists.member_list = twice.member_list
            and members.person_key = twice.person_key
    union
    select households.as_of, households.household_no, twice.person_key
    from {{ ref('int_household_at') }} as households
    inner join {{ ref('int_as_of') }} as days on households.as_of = days.as_of and days.is_day
    inner join {{ ref('int_list_month') }} as lists on households.as_of = lists.as_of
    inner join {{ ref('int_listed_twice') }} as twice
        on lists.household_list = twice.household_list
            and lists.member_list is not distinct from twice.member_list
            and households.head_key = twice.person_key
),

-- Recorded wages against declared ones, over the window's months that a survey covers: a blank wage cell beside a stated one is 0.
wage as (
    select
        quarters.household_id,
        cast(sum(quarters.wage_recorded) as bigint) as recorded_thirds,
        cast(sum(quarters.wage_declared) as bigint) as declared_thirds,
        max(quarters.wage_rows) as wage_rows
    from {{ ref('int_income_quarter') }} as quarters
    inner join {{ ref('int_as_of') }} as days on quarters.as_of = days.as_of and days.is_day
    where quarters.income_window = 'current' and quarters.months > 0
    group by quarters.household_id
    having max(case when quarters.has_wage then 1 else 0 end) = 1
),

wage_apart as (
    select households.as_of, households.household_no, wage.recorded_thirds, wage.declared_thirds
    from wage
    inner join {{ ref('int_household_at') }} as households on wage.household_id = households.household_id
    inner join {{ ref('int_threshold') }} as thresholds
        on households.as_of = thresholds.as_of and households.region_code = thresholds.region_code
    where wage.wage_rows > 0
        and abs(wage.recorded_thirds - wage.declared_thirds) * 1000000 > thresholds.wage_conflict_ppm * wage.declared_thirds
)

select
    as_of,
    household_no,
    'person_on_two_lists' as conflict,
    person_key,
    '同一人列在两户名单中' as evidence
from twice
union all
select
    as_of,
    household_no,
    'wage_recorded_against_declared' as conflict,
    cast(null as {{ dbt.type_string() }}) as person_key,
    '部门记录工资 ' || {{ yuan_text(rounded_quotient('recorded_thirds', 3)) }} || ' 元，入户申报 '
    || {{ yuan_text(rounded_quotient('declared_thirds', 3)) }} || ' 元' as evidence
from wage_apart
