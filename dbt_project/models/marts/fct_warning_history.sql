-- One row per warning number ever handed out, tonight's too, with how it began, was answered and ended.
with tonight as (
    select states.*, warnings.rule_ids, warnings.due_on
    from {{ ref('int_warning_state') }} as states
    inner join {{ ref('fct_warning') }} as warnings on states.household_no = warnings.household_no
),

known as (
    select
        earlier.warning_no,
        earlier.household_no,
        tonight.as_of,
        earlier.issued_on,
        coalesce(again.due_on, earlier.due_on) as due_on,
        case when again.warning_no is not null then again.rule_ids else earlier.rule_ids end as rule_ids,
        earlier.verified_on,
        earlier.verdict,
        case
            when again.decision = 'reopened' then null
            when tonight.closes_earlier is not null then {{ add_days('tonight.as_of', 1) }}
            else earlier.closed_on
        end as closed_on,
        case
            when again.decision = 'reopened' then null
            else coalesce(tonight.closes_earlier, earlier.close_cause)
        end as close_cause
    from {{ ref('int_warning_earlier') }} as earlier
    inner join tonight on earlier.household_no = tonight.household_no
    left join tonight as again on earlier.warning_no = again.warning_no and again.decision <> 'new'
    where earlier.is_own and earlier.newest = 1
    union all
    select
        earlier.warning_no, earlier.household_no, days.as_of, earlier.issued_on, earlier.due_on, earlier.rule_ids,
        earlier.verified_on, earlier.verdict, earlier.closed_on, earlier.close_cause
    from {{ ref('int_warning_earlier') }} as earlier
    inner join {{ ref('int_as_of') }} as days on days.is_day
    where earlier.is_own and earlier.newest > 1
    union all
    select
        tonight.warning_no, tonight.household_no, tonight.as_of, tonight.issued_on, tonight.due_on, tonight.rule_ids,
        null, null, null, null
    from tonight
    where tonight.decision = 'new'
),

told as (
    select
        known.warning_no,
        {{ joined_text('rules.label', 'rules.severity, rules.label', '、') }} as reasons
    from known
    inner join {{ ref('warning_rule') }} as rules
        on ';' || known.rule_ids || ';' like '%;' || rules.rule_id || ';%'
    group by known.warning_no
)

select
    known.warning_no,
    known.household_no,
    known.as_of,
    places.region_code,
    places.township_code,
    places.township,
    places.village,
    known.issued_on,
    known.due_on,
    known.rule_ids,
    told.reasons,
    known.verified_on,
    known.verdict,
    known.closed_on,
    known.close_cause,
    known.closed_on is null as is_open
from known
inner join {{ ref('int_warning_household') }} as places on known.household_no = places.household_no
left join told on known.warning_no = told.warning_no
