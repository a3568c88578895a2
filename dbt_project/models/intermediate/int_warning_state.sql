-- One row per household on D with reasons for a warning, or with one handed out before: what becomes of it. Rules section 6.
--   new           a number of its own, handed out on the day after D (also: silence over, a reason that is new since the verdict,
--                 or handed out before the household left the register)
--   open          handed out, not verified          reopened  closed when its reasons ceased, and they are back
--   verified      verified, nothing new since       silent    found untrue or not fitting, nothing new since, within the days of silence
--   closed        no reason any more, or no longer on the household list, or closed before
with reason as (
    select household_no, as_of, rule_id, happened_on from {{ ref('fct_warning_reason') }}
),

warned as (
    select household_no, as_of from reason
    union
    select earlier.household_no, days.as_of
    from {{ ref('int_warning_earlier') }} as earlier
    cross join {{ ref('int_as_of') }} as days
    where days.is_day and earlier.is_own
),

newer as (
    {{ newer_reason() }}
),

decided as (
    select
        warned.household_no,
        warned.as_of,
        places.is_monitored,
        places.is_listed,
        places.region_code,
        places.township_code,
        places.township,
        places.village,
        thresholds.verify_working_days,
        earlier.warning_no,
        earlier.issued_on,
        earlier.due_on,
        earlier.rule_ids,
        earlier.is_open,
        earlier.closed_on,
        earlier.verified_on,
        earlier.verdict,
        earlier.has_left_since,
        case when earlier.is_silencing then {{ add_days('earlier.verified_on', 'thresholds.silent_days') }} end as silent_until,
        case
            when speaking.household_no is null then 'closed'
            when earlier.warning_no is null or newer.household_no is not null then 'new'
            when earlier.is_silencing and {{ add_days('earlier.verified_on', 'thresholds.silent_days') }} >= warned.as_of then 'silent'
            when earlier.is_silencing or earlier.has_left_since then 'new'
            when earlier.is_open and earlier.verdict is not null then 'verified'
            when earlier.is_open then 'open'
            when coalesce({{ add_days('earlier.closed_on', 'thresholds.silent_days') }} < warned.as_of, true) then 'new'
            when earlier.verdict is not null then 'verified'
            else 'reopened'
        end as decision
    from warned
    inner join {{ ref('int_warning_household') }} as places
        on warned.as_of = places.as_of and warned.household_no = places.household_no
    left join {{ ref('int_threshold') }} as thresholds
        on places.as_of = thresholds.as_of and places.region_code = thresholds.region_code
    left join {{ ref('int_warning_earlier') }} as earlier
        on warned.household_no = earlier.household_no and earlier.newest = 1
    left join (select distinct household_no from reason) as speaking on warned.household_no = speaking.household_no
    left join newer on warned.household_no = newer.household_no
)

select
    decided.household_no,
    decided.as_of,
    decided.is_monitored,
    decided.region_code,
    decided.township_code,
    decided.township,
    decided.village,
    decided.verify_working_days,
    decided.decision,
    decided.warning_no as earlier_no,
    decided.rule_ids as earlier_rule_ids,
    case when decided.decision <> 'new' then decided.due_on end as earlier_due_on,
    case
        when decided.decision = 'new' then 'YJ' || decided.household_no || '-' || replace(cast({{ add_days('decided.as_of', 1) }} as {{ dbt.type_string() }}), '-', '')
        else decided.warning_no
    end as warning_no,
    case when decided.decision = 'new' then {{ add_days('decided.as_of', 1) }} else decided.issued_on end as issued_on,
    case when decided.decision in ('new', 'reopened') then {{ add_days('decided.as_of', 1) }} else decided.issued_on end as handed_out_on,
    case when decided.decision <> 'new' then decided.verified_on end as verified_on,
    case when decided.decision <> 'new' then decided.verdict end as verdict,
    case when decided.decision = 'silent' then decided.silent_until end as silent_until,
    case when decided.decision = 'closed' then coalesce(decided.closed_on, {{ add_days('decided.as_of', 1) }}) end as closed_on,
    case
        when decided.is_open and not decided.is_listed then '已不在农户名单'
        when decided.is_open and decided.decision = 'closed' and decided.verdict is null then '预警原因已消除'
        when decided.is_open and decided.decision = 'closed' then '核实后预警原因已消除'
        when decided.is_open and decided.decision = 'new' and decided.silent_until < decided.as_of then '静默期满，重新预警'
        when decided.is_open and decided.decision = 'new' and decided.has_left_since then '已退出监测，重新预警'
        when decided.is_open and decided.decision = 'new' then '出现新的原因，重新预警'
    end as closes_earlier
from decided
