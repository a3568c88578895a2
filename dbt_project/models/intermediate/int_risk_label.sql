{{ config(materialized='view') }}
-- One row per month end before D, household on the list then, and horizon in days: what came of it, as the risk scorer is taught.
-- outcome: event | none | open (window not over or not landed) | early (within 30 days) | monitored (under watch already) |
-- gone (died out, left, off the list) | helped (help began first). Only event is 1 and only none is 0; a household nobody visited is no 0
-- by that. Horizons: 180 and 365 days.
with origin as (
    select last_day(calendar.day) as as_of
    from {{ ref('working_day') }} as calendar
    cross join {{ source('raw', 'run') }} as run
    where calendar.day = {{ month_start('calendar.day') }} and last_day(calendar.day) <= run.as_of
),

list as (
    select origin.as_of, max(lists.period) as period
    from origin
    inner join (select distinct _period as period from {{ ref('stg_registry_household') }}) as lists
        on lists.period <= origin.as_of
    group by origin.as_of
),

horizon as (
    select 180 as horizon_days
    union all
    select 365
),

-- Outcomes are known through the day that the registers of monitored households and of cases reach.
landed as (
    select
        case when register.through < run.as_of then register.through else run.as_of end as through
    from (
        select max(period_end) as through from {{ source('raw', 'receipt') }}
        where form in ('monitored_register', 'procedure_event') and refused_code is null
    ) as register
    cross join {{ source('raw', 'run') }} as run
),

household as (
    select
        list.as_of,
        horizon.horizon_days,
        registered.household_no,
        registered.head_key,
        {{ add_days('list.as_of', 30) }} as opens_after,
        {{ add_days('list.as_of', 'horizon.horizon_days') }} as closes_on
    from list
    inner join {{ ref('stg_registry_household') }} as registered on list.period = registered._period
    cross join horizon
),

closing_list as (
    select closing.as_of, closing.horizon_days, max(lists.period) as period
    from (select distinct as_of, horizon_days, closes_on from household) as closing
    inner join (select distinct _period as period from {{ ref('stg_registry_household') }}) as lists
        on lists.period <= closing.closes_on
    group by closing.as_of, closing.horizon_days
),

spell as (
    select
        starts.household_no,
        starts.event_on as started_on,
        min(ends.ended_on) as ended_on
    from {{ ref('int_risk_event') }} as starts
    left join (
        select household_no, coalesce(ended_on, started_on) as ended_on
        from {{ ref('stg_procedure_event') }}
        where purpose = '退出' and step = '县级审批' and outcome = '通过'
        union all
        select household_no, eliminated_on as ended_on
        from {{ ref('stg_monitored_register') }}
        where eliminated_on is not null
    ) as ends
        on starts.household_no = ends.household_no and starts.event_on <= ends.ended_on
    where starts.kind = '认定'
    group by starts.household_no, starts.event_on
),

watched as (
    select distinct household.as_of, household.household_no
    from household
    inner join spell
        on household.household_no = spell.household_no
            and spell.started_on <= household.as_of
            and (spell.ended_on is null or spell.ended_on > household.as_of)
),

event as (
    select
        household.as_of,
        household.horizon_days,
        household.household_no,
        min(case when events.event_on <= household.opens_after then events.event_on end) as early_on,
        min(case when events.event_on > household.opens_after then events.event_on end) as event_on
    from household
    inner join {{ ref('int_risk_event') }} as events
        on household.household_no = events.household_no
            and events.is_new
            and events.event_on > household.as_of
            and events.event_on <= household.closes_on
    group by household.as_of, household.horizon_days, household.household_no
),

helped as (
    select household.as_of, household.horizon_days, household.household_no, min(measures.started_on) as helped_on
    from household
    inner join {{ ref('stg_assistance_measure') }} as measures
        on household.household_no = measures.household_no
            and measures.started_on > household.as_of
            and measures.started_on <= household.closes_on
    group by household.as_of, household.horizon_days, household.household_no
),

head_gone as (
    select household.as_of, household.horizon_days, household.household_no, min(moves.happened_on) as gone_on
    from household
    inner join {{ ref('stg_civil_event') }} as moves
        on household.head_key = moves.person_key
            and moves.event in ('死亡', '迁出')
            and moves.happened_on > household.as_of
            and moves.happened_on <= household.closes_on
    group by household.as_of, household.horizon_days, household.household_no
),

kinds as (
    select
        event.as_of, event.horizon_days, event.household_no, min(events.kind) as kind, min(events.cause) as cause
    from event
    inner join {{ ref('int_risk_event') }} as events
        on event.household_no = events.household_no and event.event_on = events.event_on
    group by event.as_of, event.horizon_days, event.household_no
)

select
    household.as_of,
    household.horizon_days,
    household.household_no,
    household.closes_on,
    event.event_on,
    kinds.kind,
    kinds.cause,
    helped.helped_on,
    case
        when watched.household_no is not null then 'monitored'
        when landed.through is null or landed.through < household.closes_on then 'open'
        when event.early_on is not null then 'early'
        when event.event_on is not null then 'event'
        when still.household_no is null or head_gone.household_no is not null then 'gone'
        when helped.household_no is not null then 'helped'
        else 'none'
    end as outcome
from household
cross join landed
inner join closing_list
    on household.as_of = closing_list.as_of and household.horizon_days = closing_list.horizon_days
left join {{ ref('stg_registry_household') }} as still
    on closing_list.period = still._period and household.household_no = still.household_no
left join watched on household.as_of = watched.as_of and household.household_no = watched.household_no
left join event
    on household.as_of = event.as_of
        and household.horizon_days = event.horizon_days
        and household.household_no = event.household_no
left join kinds
    on household.as_of = kinds.as_of
        and household.horizon_days = kinds.horizon_days
        and household.household_no = kinds.household_no
left join helped
    on household.as_of = helped.as_of
        and household.horizon_days = helped.horizon_days
        and household.household_no = helped.household_no
left join head_gone
    on household.as_of = head_gone.as_of
        and household.horizon_days = head_gone.horizon_days
        and household.household_no = head_gone.household_no
