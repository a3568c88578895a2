-- One row per household on D: what its home, village, visits and past say, for the risk scorer.
with day as (
    select as_of
    from {{ ref('int_as_of') }}
    where is_day
),

household as (
    select households.household_no, households.region_code, households.township_code, households.lifted_on, households.as_of
    from {{ ref('int_household_at') }} as households
    inner join day on households.as_of = day.as_of
),

loss as (
    select
        losses.household_no,
        sum(case when coalesce(losses.loss_fen, 0) > coalesce(losses.compensation_fen, 0)
            then coalesce(losses.loss_fen, 0) - coalesce(losses.compensation_fen, 0) else 0 end) as loss_12_fen,
        max(case when losses.happened_on > {{ add_days('day.as_of', -90) }} then 1 else 0 end) as hit_90
    from {{ ref('stg_disaster_loss') }} as losses
    cross join day
    where losses.happened_on > {{ add_months('day.as_of', -12) }} and losses.happened_on <= day.as_of
    group by losses.household_no
),

village_loss as (
    select household.region_code, count(*) as households, sum(coalesce(loss.hit_90, 0)) as hit
    from household
    left join loss on household.household_no = loss.household_no
    group by household.region_code
),

report as (
    select reports.household_no, count(*) as reports_90
    from {{ ref('stg_public_report') }} as reports
    cross join day
    where reports.household_no is not null
        and cast(reports.reported_at as date) > {{ add_days('day.as_of', -90) }}
        and cast(reports.reported_at as date) <= day.as_of
    group by reports.household_no
),

visit as (
    select
        visits.household_no,
        max(visits.visited_on) as visited_on,
        max(case when not visits.food_ok or not visits.schooling_ok or not visits.medical_ok or not visits.housing_ok
            or not visits.water_ok then 1 else 0 end) as visit_no_12
    from {{ ref('stg_visit_record') }} as visits
    cross join day
    where visits.visited_on > {{ add_months('day.as_of', -12) }} and visits.visited_on <= day.as_of
    group by visits.household_no
),

water as (
    select household_no, safe
    from (
        select
            checks.household_no,
            checks.safe,
            row_number() over (partition by checks.household_no order by checks.checked_on desc nulls last) as newest
        from {{ ref('stg_water_safety') }} as checks
        cross join day
        where checks.checked_on <= day.as_of
    ) as versions
    where newest = 1
),

past as (
    select
        events.household_no,
        count(*) as episodes,
        max(events.event_on) as last_on
    from {{ ref('int_risk_event') }} as events
    where events.kind = '认定'
    group by events.household_no
),

-- How often households of a township were recognised in the two years before, drawn towards the county's rate by 50 households.
township_rate as (
    select
        household.township_code,
        count(*) as households,
        sum(case when past.last_on > {{ add_months('day.as_of', -24) }} then 1 else 0 end) as recognised
    from household
    cross join day
    left join past on household.household_no = past.household_no
    group by household.township_code
),

county_rate as (
    select {{ ratio('sum(recognised)', 'sum(households)') }} as rate from township_rate
)

select
    household.as_of,
    household.household_no,
    coalesce(loss.loss_12_fen, 0) as loss_12_fen,
    coalesce(loss.hit_90, 0) as hit_90,
    {{ ratio('village_loss.hit', 'village_loss.households') }} as village_hit_share,
    coalesce(report.reports_90, 0) as reports_90,
    coalesce(visit.visit_no_12, 0) as visit_no_12,
    {{ days_between('visit.visited_on', 'household.as_of') }} as days_since_visit,
    case when water.safe is not null then case when water.safe then 0 else 1 end end as water_unsafe,
    coalesce(past.episodes, 0) as past_episodes,
    {{ days_between('household.lifted_on', 'household.as_of') }} as days_since_lifted,
    {{ ratio('township_rate.recognised + 50 * county_rate.rate', 'township_rate.households + 50') }} as township_rate
from household
cross join county_rate
inner join township_rate on household.township_code = township_rate.township_code
inner join village_loss on household.region_code = village_loss.region_code
left join loss on household.household_no = loss.household_no
left join report on household.household_no = report.household_no
left join visit on household.household_no = visit.household_no
left join water on household.household_no = water.household_no
left join past on household.household_no = past.household_no
