-- One row per household and dated event that the risk scorer foresees: recognised as monitored, verified income below the
-- line, or a verified break of the guarantees; is_new: nothing of its kind in the 365 days before.
with decided as (
    select household_no, coalesce(ended_on, started_on) as event_on
    from {{ ref('stg_procedure_event') }}
    where purpose = '纳入' and step = '县级审批' and outcome = '通过'
),

recognised as (
    select household_no, event_on, '认定' as kind, cast(null as {{ dbt.type_string() }}) as cause from decided
    union
    select
        register.household_no,
        register.identified_on as event_on,
        '认定' as kind,
        max(register.main_cause) as cause
    from {{ ref('stg_monitored_register') }} as register
    where not exists (
        select 1 from {{ ref('stg_procedure_event') }} as cases
        where cases.household_no = register.household_no and cases.purpose = '纳入'
    )
    group by register.household_no, register.identified_on
),

feedback as (
    select
        households.household_no,
        households.region_code,
        answers.verified_on,
        answers.per_capita_income_fen,
        states.watch_line,
        states.watch_fen
    from {{ ref('stg_township_feedback') }} as answers
    inner join {{ ref('int_household_at') }} as households
        on substr(answers.warning_no, 3, length(answers.warning_no) - 11) = households.household_no
    inner join {{ ref('int_household_state') }} as states
        on households.as_of = states.as_of and households.household_no = states.household_no
    where states.is_day and answers.verified_on is not null and answers.per_capita_income_fen is not null
),

-- The line in force on the day of the visit: the county's own, else the one that the household is held against today.
line_then as (
    select household_no, verified_on, line_fen_per_year
    from (
        select
            feedback.household_no,
            feedback.verified_on,
            lines.line_fen_per_year,
            row_number() over (
                partition by feedback.household_no, feedback.verified_on
                order by case when lines.line = '防返贫监测线' then 0 else 1 end nulls last, chain.nearness desc
            ) as choice
        from feedback
        inner join {{ ref('int_region_chain') }} as chain on feedback.region_code = chain.region_code
        inner join {{ ref('int_line') }} as lines
            on chain.ancestor_code = lines.region_code
                and lines.effective_from <= feedback.verified_on
                and (lines.effective_to is null or lines.effective_to >= feedback.verified_on)
                and (lines.line = '防返贫监测线' or lines.line = feedback.watch_line)
    ) as candidate
    where choice = 1
),

below as (
    select feedback.household_no, feedback.verified_on as event_on, '收入' as kind, '收入低于监测线' as cause
    from feedback
    left join line_then
        on feedback.household_no = line_then.household_no and feedback.verified_on = line_then.verified_on
    where feedback.per_capita_income_fen < coalesce(line_then.line_fen_per_year, feedback.watch_fen)
),

broken as (
    select
        household_no,
        visited_on as event_on,
        '保障' as kind,
        case
            when not food_ok then '吃穿' when not schooling_ok then '义务教育' when not medical_ok then '基本医疗'
            when not housing_ok then '住房安全' else '饮水安全'
        end as cause
    from {{ ref('stg_visit_record') }}
    where not food_ok or not schooling_ok or not medical_ok or not housing_ok or not water_ok
    union all
    select household_no, checked_on as event_on, '保障' as kind, '饮水安全' as cause
    from {{ ref('stg_water_safety') }}
    where not safe
    union all
    select household_no, surveyed_on as event_on, '保障' as kind, '住房安全' as cause
    from {{ ref('stg_housing_survey') }}
    where grade in ('C级', 'D级') and (rebuilt_on is null or rebuilt_on > surveyed_on)
),

dated as (
    select events.household_no, events.event_on, events.kind, max(events.cause) as cause
    from (
        select household_no, event_on, kind, cause from recognised
        union all
        select household_no, event_on, kind, cause from below
        union all
        select household_no, event_on, kind, cause from broken
    ) as events
    cross join {{ source('raw', 'run') }} as run
    where events.event_on <= run.as_of
    group by events.household_no, events.event_on, events.kind
)

select
    household_no,
    event_on,
    kind,
    cause,
    coalesce({{ days_between('previous_on', 'event_on') }} > 365, true) as is_new
from (
    select
        dated.*,
        lag(event_on) over (partition by household_no, kind order by event_on nulls last) as previous_on
    from dated
) as ordered
