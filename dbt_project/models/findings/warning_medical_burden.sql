-- Medical burden of the window at or above the amount for lifted or monitored households, or for others.
with judged as (
    select
        households.*,
        case
            when households.is_lifted or households.is_monitored then thresholds.medical_burden_registered_fen
            else thresholds.medical_burden_others_fen
        end as limit_fen
    from {{ ref('int_household_state') }} as households
    inner join {{ ref('int_threshold') }} as thresholds
        on households.as_of = thresholds.as_of and households.region_code = thresholds.region_code
    where households.is_day
)

select
    {{ finding(
        rule="'medical_burden'", kind="'warning'", clause="'warning'", document='null', subject="'大额医疗支出'",
        basis=yuan_text('state.medical_borne_fen'),
        measured_name="'个人负担医疗费'", measured_fen='state.medical_borne_fen',
        threshold_name="'大额医疗支出预警值'", threshold_fen='state.limit_fen', department="'医保'",
        evidence="'近12个月医疗个人负担 ' || " ~ yuan_text('state.medical_borne_fen') ~ " || ' 元，达到预警值 '
            || " ~ yuan_text('state.limit_fen') ~ " || ' 元'"
    ) }}
from judged as state
where state.medical_borne_fen >= state.limit_fen
