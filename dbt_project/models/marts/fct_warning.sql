-- One row per household with reasons on D, or with a warning handed out before D: the newest warning and where it stands.
with reason as (
    select * from {{ ref('fct_warning_reason') }}
),

household as (
    select
        reason.household_no,
        min(reason.severity) as severity,
        count(*) as reasons,
        {{ joined_text('reason.rule_id', 'reason.severity, reason.rule_id') }} as rule_ids,
        {{ joined_text('reason.evidence', 'reason.severity, reason.rule_id', '；') }} as reason_text,
        {{ joined_text('reason.visit_focus', 'reason.severity, reason.rule_id', '；') }} as visit_focus
    from reason
    group by reason.household_no
),

channel as (
    select household_no, {{ joined_text('channel', 'channel') }} as channels
    from (
        select household_no, channel from reason
        union
        select leads.household_no, leads.channel
        from {{ ref('int_lead_channel') }} as leads
        inner join reason on leads.household_no = reason.household_no and reason.rule_id = 'public_report'
    ) as distinct_channel
    group by household_no
),

-- The n-th working day after the day of handing out, by the official calendar.
due as (
    select states.household_no, min(ahead.day) as due_on
    from {{ ref('int_warning_state') }} as states
    inner join {{ ref('int_working_day') }} as at_issue on states.handed_out_on = at_issue.day
    inner join {{ ref('int_working_day') }} as ahead
        on ahead.is_working_day and ahead.days_so_far = at_issue.days_so_far + states.verify_working_days
    group by states.household_no
),

dated as (
    select
        states.*,
        case when states.decision in ('new', 'reopened') then due.due_on else coalesce(states.earlier_due_on, due.due_on) end as due_on
    from {{ ref('int_warning_state') }} as states
    left join due on states.household_no = due.household_no
)

select
    dated.warning_no,
    dated.household_no,
    dated.as_of,
    case when dated.is_monitored then 'change_notice' else 'warning' end as kind,
    coalesce(household.rule_ids, dated.earlier_rule_ids) as rule_ids,
    channel.channels,
    dated.issued_on,
    dated.due_on,
    case
        when dated.decision = 'closed' then '已关闭'
        when dated.decision = 'verified' then '已核实'
        when dated.decision = 'silent' then '静默'
        when dated.due_on < dated.as_of then '逾期未核实'
        else '待核实'
    end as status,
    household.severity,
    coalesce(household.reasons, 0) as reasons,
    household.reason_text,
    household.visit_focus,
    dated.region_code,
    dated.township_code,
    dated.township,
    dated.village,
    case when dated.decision in ('open', 'new', 'reopened') and dated.due_on < dated.as_of
        then {{ days_between('dated.due_on', 'dated.as_of') }} end as overdue_days,
    dated.verified_on,
    dated.verdict,
    dated.silent_until,
    dated.closed_on
from dated
left join household on dated.household_no = household.household_no
left join channel on dated.household_no = channel.household_no
