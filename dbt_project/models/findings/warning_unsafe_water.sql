-- The latest check of the household's drinking water found it unsafe.
with checked as (
    select
        households.as_of,
        households.region_code,
        households.household_no,
        checks.safe,
        checks.checked_on,
        checks._receipt,
        checks._row,
        row_number() over (
            partition by households.as_of, households.household_no order by coalesce(checks.checked_on, checks._period_end) desc, checks._receipt desc, checks._row desc
        ) as newest
    from {{ ref('stg_water_safety') }} as checks
    inner join {{ ref('int_household_at') }} as households on checks.household_no = households.household_no
    inner join {{ ref('int_as_of') }} as days on households.as_of = days.as_of and days.is_day
    where coalesce(checks.checked_on, checks._period_end) <= households.as_of
)

select
    {{ finding(
        rule="'unsafe_water'", kind="'warning'", clause="'warning'", document='null', subject="'饮水不安全'",
        basis="cast(state.checked_on as " ~ dbt.type_string() ~ ")", department="'水利'", unit='null',
        evidence="coalesce(cast(state.checked_on as " ~ dbt.type_string() ~ ") || ' ', '') || '排查饮水不安全'",
        source_receipt='state._receipt', source_row='state._row'
    ) }}
from checked as state
where state.newest = 1 and not state.safe
