-- One row per adopted fade-out clause and household on dibao whose income fails the test on D: first and last month (FX-fade, TR-fade).
-- The failure began at the first of the unbroken run of month ends, going back from D, at which it was on dibao and failed.
with failing as (
    select as_of, household_no
    from {{ ref('int_household_state') }}
    where is_day and is_on_dibao and dibao_income_result = 'fail'
),

month_end as (
    select as_of as month_end, months_back
    from {{ ref('int_as_of') }}
    where is_fade_month_end
),

state_then as (
    select
        failing.as_of,
        failing.household_no,
        month_end.month_end,
        month_end.months_back,
        coalesce(tests.is_on_dibao and tests.income_result = 'fail', false) as is_failing
    from failing
    cross join month_end
    left join {{ ref('int_dibao_test') }} as tests
        on month_end.month_end = tests.as_of and failing.household_no = tests.household_no
),

first_break as (
    select
        as_of,
        household_no,
        coalesce(min(case when not is_failing then months_back end), max(months_back) + 1) as months_back
    from state_then
    group by as_of, household_no
),

began as (
    select
        failing.as_of,
        failing.household_no,
        coalesce(month_end.month_end, failing.as_of) as began_on
    from failing
    left join first_break on failing.as_of = first_break.as_of and failing.household_no = first_break.household_no
    left join month_end on first_break.months_back - 1 = month_end.months_back
),

ruled as (
    select
        began.*,
        households.region_code,
        adopted.document,
        case adopted.document
            when 'FX' then thresholds.fx_fade_months
            else greatest(thresholds.tr_fade_months, cast(shipped.value as integer))
        end as fade_months,
        adopted.document = 'FX' and households.has_dependent and thresholds.fx_fade_extension_months > 0 as is_extended,
        thresholds.fx_fade_extension_months
    from began
    inner join {{ ref('int_household_state') }} as households
        on began.as_of = households.as_of and began.household_no = households.household_no
    inner join {{ ref('int_threshold') }} as thresholds
        on households.as_of = thresholds.as_of and households.region_code = thresholds.region_code
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document in ('FX', 'TR')
    -- TR-fade: a county may set more months than the document, not fewer.
    inner join {{ ref('parameter') }} as shipped
        on shipped.clause = 'TR-fade'
            and shipped.parameter = 'months'
            and shipped.effective_from <= began.as_of
            and (shipped.effective_to is null or shipped.effective_to >= began.as_of)
)

select
    as_of,
    household_no,
    region_code,
    document,
    began_on,
    is_extended,
    {{ add_months(month_start('began_on'), 1) }} as first_month,
    {{ add_months(month_start('began_on'), 'cast(fade_months + case when is_extended then fx_fade_extension_months else 0 end as integer)') }}
        as last_month
from ruled
