{%- set rules = [
    'dibao_stopped', 'disaster_hit', 'dropout', 'income_below_line', 'income_fell', 'job_lost', 'medical_burden', 'new_disability',
    'only_worker_died', 'public_report', 'unsafe_home', 'unsafe_water', 'visit_no',
] -%}
-- One row per household on D with a reason for warning: its channels, the day it was or will be handed out, and the day it is due.
with reason as (
    {% for rule in rules -%}
    select as_of, household_no, rule_id, basis, happened_on from {{ ref('warning_' ~ rule) }}
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

sourced as (
    select distinct
        reason.as_of,
        reason.household_no,
        rules.label,
        rules.severity,
        case
            when reason.rule_id = 'public_report' and reason.basis not in ('一键报贫', '扶贫服务热线') then '社会监督发现'
            else rules.channel
        end as channel
    from reason
    inner join {{ ref('warning_rule') }} as rules on reason.rule_id = rules.rule_id
),

household as (
    select
        as_of,
        household_no,
        {{ joined_text('label', 'severity, label', '、') }} as labels,
        count(*) as reasons
    from (select distinct as_of, household_no, label, severity from sourced) as labelled
    group by as_of, household_no
),

channel as (
    select
        household_no,
        {{ joined_text('channel', 'channel', '、') }} as channels,
        count(*) as channel_count
    from (
        select household_no, channel from sourced
        union
        select household_no, channel from {{ ref('int_lead_channel') }}
    ) as channels
    group by household_no
),

newer as (
    {{ newer_reason() }}
),

-- Whether the number handed out before still speaks for the household, as int_warning_state decides it.
spoken as (
    select
        household.*,
        states.region_code,
        channel.channels,
        channel.channel_count,
        earlier.warning_no,
        earlier.issued_on,
        earlier.due_on as told_due_on,
        earlier.verified_on,
        earlier.is_silencing,
        not earlier.is_open and earlier.verdict is null as is_reopened,
        thresholds.verify_working_days,
        case
            when earlier.warning_no is null or newer.household_no is not null then false
            when earlier.is_silencing then {{ add_days('earlier.verified_on', 'thresholds.silent_days') }} >= household.as_of
            when earlier.has_left_since then false
            when earlier.is_open then true
            else coalesce({{ add_days('earlier.closed_on', 'thresholds.silent_days') }} >= household.as_of, false)
        end as is_issued
    from household
    inner join channel on household.household_no = channel.household_no
    inner join {{ ref('int_household_state') }} as states
        on household.as_of = states.as_of and household.household_no = states.household_no
    inner join {{ ref('int_threshold') }} as thresholds
        on states.as_of = thresholds.as_of and states.region_code = thresholds.region_code
    left join {{ ref('int_warning_earlier') }} as earlier
        on household.household_no = earlier.household_no and earlier.newest = 1
    left join newer on household.household_no = newer.household_no
),

issued as (
    select
        as_of, household_no, region_code, labels, reasons, channels, channel_count, is_issued, verify_working_days,
        case when is_issued then warning_no end as warning_no,
        case when is_issued then verified_on end as verified_on,
        is_issued and is_silencing as is_silencing,
        case when is_issued then issued_on else {{ add_days('as_of', 1) }} end as issued_on,
        case when is_issued and not is_reopened then issued_on else {{ add_days('as_of', 1) }} end as handed_out_on,
        case when is_issued and not is_reopened then told_due_on end as told_due_on
    from spoken
)

select
    issued.as_of,
    issued.household_no,
    issued.region_code,
    issued.labels,
    issued.reasons,
    issued.channels,
    issued.channel_count,
    issued.warning_no,
    issued.is_issued,
    issued.issued_on,
    coalesce(issued.told_due_on, min(ahead.day)) as due_on,
    issued.verified_on,
    coalesce(issued.is_silencing, false) as is_silent
from issued
left join {{ ref('int_working_day') }} as at_issue on issued.handed_out_on = at_issue.day
left join {{ ref('int_working_day') }} as ahead
    on ahead.is_working_day and ahead.days_so_far = at_issue.days_so_far + issued.verify_working_days
group by
    issued.as_of, issued.household_no, issued.region_code, issued.labels, issued.reasons, issued.channels,
    issued.channel_count, issued.warning_no, issued.is_issued, issued.issued_on, issued.told_due_on, issued.verified_on,
    issued.is_silencing
