-- One row per as-of day and household whose home was ever graded: the latest grading, and whether it is unsafe still.
select
    as_of,
    household_no,
    grade,
    coalesce(only_home, false) as is_only_home,
    surveyed_on,
    rebuilt_on,
    grade in ('C级', 'D级') and (rebuilt_on is null or rebuilt_on > as_of) as is_unsafe,
    _receipt,
    _row
from (
    select
        households.as_of,
        surveys.*,
        row_number() over (
            partition by households.as_of, surveys.household_no order by surveys.surveyed_on desc
        ) as newest
    from {{ ref('int_household_at') }} as households
    inner join {{ ref('stg_housing_survey') }} as surveys
        on households.household_no = surveys.household_no and surveys.surveyed_on <= households.as_of
) as surveys
where newest = 1
