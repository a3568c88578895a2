-- One row per household on D: what the risk scorer looks at, as ratios to the watch line, shares and counts; null is unknown.
-- Everything in it was received by K and happened by D. A feed that is missing leaves its columns null.
-- reaches_back: whether the feeds go back as far as the features look; where they do not, sums over months are lower bounds.
with day as (
    select as_of
    from {{ ref('int_as_of') }}
    where is_day
),

feeds as (
    select
        as_of,
        {%- for feed in ['registry', 'survey', 'medical', 'disability', 'work', 'school', 'civil', 'housing', 'water', 'disaster', 'finance', 'property', 'hotline', 'visit', 'population'] %}
        max(case when feed = '{{ feed }}' then is_missing end) as {{ feed }}_missing,
        {%- endfor %}
        min(reaches_back) = 1 as reaches_back
    from {{ ref('int_risk_feed') }}
    group by as_of
),

-- What the surveyed months come to in a year: of the lowest quarter, of this window and of the one before. An unsurveyed month
-- is no zero: an income that leaves some out would fall with every quarter whose survey is late.
quarter_income as (
    select
        households.household_no,
        incomes.income_window,
        incomes.months,
        incomes.wage_thirds + incomes.business_gross_thirds - incomes.business_cost_thirds + incomes.property_thirds
        + incomes.transfer_public_thirds + incomes.transfer_family_thirds - incomes.transfer_paid_thirds as income_thirds
    from {{ ref('int_income_quarter') }} as incomes
    inner join day on incomes.as_of = day.as_of
    inner join {{ ref('int_household_at') }} as households on incomes.household_id = households.household_id
    where incomes.income_window in ('current', 'previous') and incomes.months > 0
),

year_income as (
    select
        household_no,
        min({{ ratio('4 * income_thirds', 'months') }}) as lowest_quarter_fen,
        {{ ratio(
            "4 * sum(case when income_window = 'current' then income_thirds end)",
            "sum(case when income_window = 'current' then months end)"
        ) }} as income_fen,
        {{ ratio(
            "4 * sum(case when income_window = 'previous' then income_thirds end)",
            "sum(case when income_window = 'previous' then months end)"
        ) }} as past_income_fen
    from quarter_income
    group by household_no
),

known as (
    select
        states.*,
        incomes.months_covered,
        incomes.wage_fen,
        incomes.net_business_fen,
        incomes.transfer_public_fen,
        incomes.transfer_family_fen,
        incomes.total_income_fen,
        year_income.lowest_quarter_fen,
        year_income.income_fen,
        year_income.past_income_fen,
        states.watch_fen * states.members as line_fen,
        -- what the dibao test leaves out, taken off the year's income
        states.members * states.assessed_income_per_capita_fen - states.disposable_income_fen + year_income.income_fen as assessed_fen
    from {{ ref('int_household_state') }} as states
    inner join {{ ref('int_household_income') }} as incomes
        on states.as_of = incomes.as_of and states.household_no = incomes.household_no and incomes.income_window = 'current'
    left join year_income on states.household_no = year_income.household_no
    where states.is_day
),

-- Where one of the two years is unknown, the other stands for both.
state as (
    select
        known.*,
        coalesce(known.income_fen, known.past_income_fen) as either_now_fen,
        coalesce(known.past_income_fen, known.income_fen) as either_past_fen
    from known
),

median_income as (
    select median({{ ratio('income_fen', 'members') }}) as income_fen
    from state
)

select
    state.as_of,
    state.household_no,
    state.township_code,
    state.region_code,
    state.head_key,
    state.is_monitored,
    state.members,
    state.has_disabled,
    feeds.reaches_back,
    -- income level
    {{ from_feed('survey', ratio('state.income_fen', 'state.line_fen')) }} as income_ratio,
    {{ from_feed('survey', ratio('state.either_past_fen + state.either_now_fen', '2 * state.line_fen')) }} as income_ratio_mean,
    {{ from_feed('survey', ratio('least(state.either_past_fen, state.either_now_fen)', 'state.line_fen')) }} as income_ratio_min,
    {{ from_feed('survey', ratio('state.lowest_quarter_fen', 'state.line_fen')) }} as quarter_ratio_min,
    {{ from_feed('survey', ratio('state.assessed_fen', 'state.members * state.dibao_fen')) }} as assessed_ratio,
    {{ from_feed('survey', ratio(ratio('state.income_fen', 'state.members'), 'median_income.income_fen')) }} as income_to_median,
    {{ from_feed('survey', 'state.months_covered') }} as months_surveyed,
    -- where it comes from
    {{ from_feed('survey', ratio('state.wage_fen', 'case when state.total_income_fen > 0 then state.total_income_fen end')) }} as wage_share,
    {{ from_feed('survey', ratio('state.net_business_fen', 'case when state.total_income_fen > 0 then state.total_income_fen end')) }} as business_share,
    {{ from_feed('survey', ratio('state.transfer_public_fen', 'case when state.total_income_fen > 0 then state.total_income_fen end')) }} as public_transfer_share,
    {{ from_feed('survey', ratio('state.transfer_family_fen', 'case when state.total_income_fen > 0 then state.total_income_fen end')) }} as family_transfer_share,
    -- medical and other rigid spending
    {{ from_feed('medical', ratio('people.medical_6_fen', 'state.line_fen')) }} as medical_6_ratio,
    {{ from_feed('medical', ratio('people.medical_12_fen', 'state.line_fen')) }} as medical_12_ratio,
    {{ from_feed('medical', ratio('people.largest_bill_fen', 'state.line_fen')) }} as largest_bill_ratio,
    {{ from_feed('medical', 'people.admissions_12') }} as admissions_12,
    {{ from_feed('medical', 'people.chronic_visits_12') }} as chronic_visits_12,
    {{ from_feed('survey', ratio('state.rigid_spending_fen', 'case when state.income_fen > 0 then state.income_fen end')) }} as rigid_share,
    -- health
    {{ from_feed('registry', 'people.grave_ill') }} as grave_ill,
    {{ from_feed('registry', 'people.chronic_ill') }} as chronic_ill,
    {{ from_feed('registry', 'people.needing_care') }} as needing_care,
    {{ from_feed('disability', 'people.disabled') }} as disabled,
    {{ from_feed('disability', 'people.severely_disabled') }} as severely_disabled,
    -- work
    {{ from_feed('work', ratio('people.work_months_6', '6 * case when people.labour > 0 then people.labour end')) }} as work_rate_6,
    {{ from_feed('work', 'people.work_months_12') }} as work_months_12,
    {{ from_feed('work', ratio('2 * people.wage_6_fen', 'state.line_fen')) }} as recent_wage_ratio,
    {{ from_feed('work', 'people.lost_job_6') }} as lost_job_6,
    {{ from_feed('work', 'people.came_home_6') }} as came_home_6,
    {{ from_feed('work', 'people.public_job') }} as public_job,
    {{ from_feed('work', ratio('people.outside_months_12', 'case when people.work_months_12 > 0 then people.work_months_12 end')) }} as outside_share,
    -- family burden
    {{ from_feed('registry', 'people.members') }} as household_size,
    {{ from_feed('registry', 'people.full_labour') }} as full_labour,
    {{ from_feed('registry', ratio('people.members - people.labour', 'people.members')) }} as dependent_share,
    {{ from_feed('school', 'people.students') }} as students,
    {{ from_feed('school', 'people.older_students') }} as older_students,
    {{ from_feed('school', ratio('people.fees_12_fen', 'state.line_fen')) }} as fees_ratio,
    {{ from_feed('school', 'people.dropout') }} as dropout,
    {{ from_feed('population', 'people.deaths_12') }} as deaths_12,
    {{ from_feed('population', 'people.divorces_12') }} as divorces_12,
    {{ from_feed('population', 'people.births_12') }} as births_12,
    -- help and past
    {{ from_feed('registry', 'case when state.is_registered_poor then 1 else 0 end') }} as registered_poor,
    {{ from_feed('registry', ratio('place.days_since_lifted', '365')) }} as years_since_lifted,
    {{ from_feed('registry', 'place.past_episodes') }} as past_episodes,
    {{ from_feed('registry', 'place.township_rate') }} as township_rate,
    {{ from_feed('civil', 'case when state.has_any_dibao then 1 else 0 end') }} as on_dibao,
    {{ from_feed('civil', 'people.emergency_aid_12') }} as emergency_aid_12,
    -- home, water, disaster, property, clues
    {{ from_feed('housing', 'case when state.is_home_unsafe then 1 else 0 end') }} as home_unsafe,
    {{ from_feed('water', 'place.water_unsafe') }} as water_unsafe,
    {{ from_feed('disaster', ratio('place.loss_12_fen', 'state.line_fen')) }} as loss_ratio,
    {{ from_feed('disaster', 'place.village_hit_share') }} as village_hit_share,
    {{ from_feed('finance', ratio('property.deposits_fen', 'state.line_fen')) }} as deposits_ratio,
    {{ from_feed('property', 'case when state.has_car or state.has_firm then 1 else 0 end') }} as has_car_or_firm,
    {{ from_feed('hotline', 'place.reports_90') }} as reports_90,
    {{ from_feed('visit', 'place.visit_no_12') }} as visit_no_12,
    {{ from_feed('visit', ratio('place.days_since_visit', '30')) }} as months_since_visit
from state
inner join {{ ref('int_published_household') }} as published
    on state.as_of = published.as_of and state.household_no = published.household_no
cross join median_income
inner join feeds on state.as_of = feeds.as_of
inner join {{ ref('int_risk_people') }} as people on state.household_no = people.household_no
inner join {{ ref('int_risk_place') }} as place on state.household_no = place.household_no
left join {{ ref('int_property_at') }} as property
    on state.as_of = property.as_of and state.household_no = property.household_no
