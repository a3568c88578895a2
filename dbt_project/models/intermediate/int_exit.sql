-- One row per household monitored on D: each condition of leaving, met or not. Rules section 7.
with monitored as (
    select monitored.*, households.region_code
    from {{ ref('int_monitored') }} as monitored
    inner join {{ ref('int_household_at') }} as households
        on monitored.as_of = households.as_of and monitored.household_no = households.household_no
    where monitored.is_monitored
),

income_check as (
    select
        monitored.household_no,
        count(*) as days_asked,
        sum(case
            when then_state.income_status <> '待定'
                and then_state.disposable_income_per_capita_fen > now_state.watch_fen then 1
            else 0
        end) as days_above
    from monitored
    inner join {{ ref('int_household_state') }} as now_state
        on monitored.as_of = now_state.as_of and monitored.household_no = now_state.household_no
    inner join {{ ref('int_threshold') }} as thresholds
        on now_state.as_of = thresholds.as_of and now_state.region_code = thresholds.region_code
    inner join {{ ref('int_as_of') }} as days on days.is_day or days.months_back <= thresholds.exit_income_months
    left join {{ ref('int_household_state') }} as then_state
        on days.as_of = then_state.as_of and monitored.household_no = then_state.household_no
    group by monitored.household_no
),

rule_speaking as (
    {% for rule in ['medical_burden', 'new_disability', 'dropout', 'disaster_hit', 'job_lost', 'unsafe_home', 'unsafe_water', 'only_worker_died'] -%}
    select distinct household_no, rule_id from {{ ref('warning_' ~ rule) }}
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

visit as (
    select
        visits.household_no,
        coalesce(visits.food_ok, true) and coalesce(visits.schooling_ok, true) and coalesce(visits.medical_ok, true)
        and coalesce(visits.housing_ok, true) and coalesce(visits.water_ok, true) as has_five_marks,
        row_number() over (partition by visits.household_no order by visits.visited_on desc) as newest
    from {{ ref('stg_visit_record') }} as visits
    inner join {{ ref('int_as_of') }} as days on visits.visited_on <= days.as_of and days.is_day
    inner join {{ ref('int_window') }} as windows
        on days.as_of = windows.as_of
            and windows.income_window = 'current'
            and visits.visited_on >= windows.first_month
),

measure as (
    select distinct monitored.household_no
    from monitored
    inner join {{ ref('stg_assistance_measure') }} as measures
        on monitored.household_no = measures.household_no
            and measures.started_on between monitored.identified_on and monitored.as_of
),

judged as (
    select
        monitored.as_of,
        monitored.household_no,
        monitored.region_code,
        monitored.monitor_class,
        monitored.identified_on,
        monitored.main_cause,
        state.watch_line,
        state.watch_fen,
        state.watch_region,
        state.disposable_income_per_capita_fen,
        coalesce(income_check.days_asked = income_check.days_above, false) as is_income_above,
        speaking.household_no is null and case
            when causes.spending is null then true
            else (case causes.spending
                when 'illness' then state.rigid_illness_fen
                when 'disability' then state.rigid_disability_fen
                when 'schooling' then state.rigid_schooling_fen
                else state.rigid_disaster_fen
            end) * 1000000 < thresholds.exit_spending_ppm * greatest(state.disposable_income_fen, 0)
            or (case causes.spending
                when 'illness' then state.rigid_illness_fen
                when 'disability' then state.rigid_disability_fen
                when 'schooling' then state.rigid_schooling_fen
                else state.rigid_disaster_fen
            end) = 0
        end as is_cause_solved,
        coalesce(visit.has_five_marks, false) as has_five_marks,
        {{ add_months('monitored.identified_on', 'thresholds.exit_identified_months') }} <= monitored.as_of as is_long_enough,
        measure.household_no is not null as has_measure,
        not state.has_no_labour as has_labour
    from monitored
    inner join {{ ref('int_household_state') }} as state
        on monitored.as_of = state.as_of and monitored.household_no = state.household_no
    inner join {{ ref('int_threshold') }} as thresholds
        on state.as_of = thresholds.as_of and state.region_code = thresholds.region_code
    left join income_check on monitored.household_no = income_check.household_no
    left join {{ ref('risk_cause') }} as causes on monitored.main_cause = causes.main_cause
    left join rule_speaking as speaking
        on monitored.household_no = speaking.household_no and causes.warning_rule = speaking.rule_id
    left join visit on monitored.household_no = visit.household_no and visit.newest = 1
    left join measure on monitored.household_no = measure.household_no
)

select
    judged.*,
    case
        when not has_labour then '暂不标注'
        when is_income_above and is_cause_solved and has_five_marks and is_long_enough and has_measure then 'yes'
        else 'no'
    end as exit_candidate,
    {{ branches([
        ('not is_income_above', 'income_above_line_6_months'),
        ('not is_cause_solved', 'main_cause_solved'),
        ('not has_five_marks', 'five_marks'),
        ('not is_long_enough', 'since_identification'),
        ('not has_measure', 'measure_delivered'),
        ('not has_labour', 'labour_ability'),
    ]) }} as unmet
from judged
