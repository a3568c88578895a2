with reason as (
    select * from {{ ref('fct_warning_reason') }}
),

household as (
    select
        reason.household_no,
        reason.as_of,
        min(reason.severity) as severity,
        count(*) as reasons,
        {{ joined_text('reason.rule_id', 'reason.severity, reason.rule_id') }} as rule_ids,
        {{ joined_text('reason.evidence', 'reason.severity, reason.rule_id', '；') }} as reason_text,
        {{ joined_text('reason.visit_focus', 'reason.severity, reason.rule_id', '；') }} as visit_focus
    from reason
    group by reason.household_no, reason.as_of
),

channel as (
    select household_no, {{ joined_text('channel', 'channel') }} as channels
    from (select distinct household_no, channel from reason) as distinct_channel
    group by household_no
),

issued as (
    select
        household.*,
        states.is_monitored,
        states.region_code,
        states.township_code,
        states.township,
        states.village,
        coalesce(earlier.issued_on, {{ add_days('household.as_of', 1) }}) as issued_on,
        earlier.warning_no as earlier_no,
        thresholds.verify_working_days
    from household
    inner join {{ ref('int_household_state') }} as states
        on household.as_of = states.as_of and household.household_no = states.household_no
    inner join {{ ref('int_threshold') }} as thresholds
        on states.as_of = thresholds.as_of and states.region_code = thresholds.region_code
    left join {{ source('raw', 'ledger_warning') }} as earlier
        on household.household_no = earlier.household_no and earlier.is_open
),

-- The n-th working day after the day of issue, by the official calendar.
working_days as (
    select day, sum(case when is_working_day then 1 else 0 end) over (order by day rows unbounded preceding) as days_so_far, is_working_day
    from {{ ref('working_day') }}
),

due as (
    select issued.household_no, min(ahead.day) as due_on
    from issued
    inner join working_days as at_issue on issued.issued_on = at_issue.day
    inner join working_days as ahead
        on ahead.is_working_day and ahead.days_so_far = at_issue.days_so_far + issued.verify_working_days
    group by issued.household_no
)

select
    coalesce(
        issued.earlier_no,
        'YJ' || issued.household_no || '-' || replace(cast(issued.issued_on as {{ dbt.type_string() }}), '-', '')
    ) as warning_no,
    issued.household_no,
    issued.as_of,
    case when issued.is_monitored then 'change_notice' else 'warning' end as kind,
    issued.rule_ids,
    channel.channels,
    issued.issued_on,
    due.due_on,
    '待核实' as status,
    issued.severity,
    issued.reasons,
    issued.reason_text,
    issued.visit_focus,
    issued.region_code,
    issued.township_code,
    issued.township,
    issued.village
from issued
inner join channel on issued.household_no = channel.household_no
left join due on issued.household_no = due.household_no
