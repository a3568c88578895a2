-- The latest grading of the home is C or D, and it is not rebuilt by the day.
select
    {{ finding(
        rule="'unsafe_home'", kind="'warning'", clause="'warning'", document='null', subject="'住房不安全'",
        basis='state.grade', department="'住建'", unit='null',
        evidence="cast(state.surveyed_on as " ~ dbt.type_string() ~ ") || ' 住房鉴定为' || state.grade
            || case when state.is_only_home then '，唯一住房' else '' end || '，未改造完成'",
        source_receipt='state._receipt', source_row='state._row'
    ) }}
from (
    select homes.*, households.region_code
    from {{ ref('int_home_at') }} as homes
    inner join {{ ref('int_household_at') }} as households
        on homes.as_of = households.as_of and homes.household_no = households.household_no
    inner join {{ ref('int_as_of') }} as days on homes.as_of = days.as_of and days.is_day
) as state
where state.is_unsafe
