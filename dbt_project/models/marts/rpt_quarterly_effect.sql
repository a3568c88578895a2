-- One row per household monitored on D and quarter of its window that was surveyed whole: income beside that of the quarter
-- before, and the help and visits of the quarter. FQ-helper: the effect of help is analysed every quarter.
with quarter as (
    select
        monitored.household_no,
        monitored.as_of,
        monitored.township_code,
        monitored.township,
        monitored.village,
        monitored.monitor_class,
        monitored.main_cause,
        monitored.members,
        quarters.quarter,
        {{ rounded_quotient(
            'quarters.wage_thirds + quarters.business_gross_thirds - quarters.business_cost_thirds + quarters.property_thirds'
            ~ ' + quarters.transfer_public_thirds + quarters.transfer_family_thirds - quarters.transfer_paid_thirds', 3
        ) }} as income_fen
    from {{ ref('fct_monitored_household') }} as monitored
    inner join {{ ref('int_household_at') }} as households
        on monitored.as_of = households.as_of and monitored.household_no = households.household_no
    inner join {{ ref('int_income_quarter') }} as quarters on households.household_id = quarters.household_id
    inner join {{ ref('int_declared_quarter') }} as surveyed on quarters.household_quarter = surveyed.household_quarter
    where monitored.is_monitored
        and quarters.income_window = 'current'
        and quarters.months = 3
),

helped as (
    select
        household_no,
        {{ quarter_start('started_on') }} as quarter,
        count(*) as measures,
        cast(sum(amount_fen) as bigint) as amount_fen
    from {{ ref('int_measure') }}
    group by household_no, {{ quarter_start('started_on') }}
),

visited as (
    select visits.household_no, {{ quarter_start('visits.visited_on') }} as quarter, count(*) as visits
    from {{ ref('stg_visit_record') }} as visits
    inner join {{ ref('int_day') }} as day on visits.visited_on <= day.as_of
    group by visits.household_no, {{ quarter_start('visits.visited_on') }}
)

select
    quarter.household_no,
    quarter.as_of,
    quarter.quarter,
    row_number() over (partition by quarter.household_no order by quarter.quarter desc) = 1 as is_latest,
    quarter.township_code,
    quarter.township,
    quarter.village,
    quarter.monitor_class,
    quarter.main_cause,
    quarter.members,
    {{ yuan('quarter.income_fen') }} as income_yuan,
    {{ yuan('earlier.income_fen') }} as income_before_yuan,
    case
        when earlier.income_fen is null then '无上季数据'
        when quarter.income_fen > earlier.income_fen then '增加'
        when quarter.income_fen < earlier.income_fen then '减少'
        else '持平'
    end as effect,
    cast(coalesce(helped.measures, 0) as bigint) as measures,
    {{ yuan('coalesce(helped.amount_fen, 0)') }} as amount_yuan,
    cast(coalesce(visited.visits, 0) as bigint) as visits
from quarter
left join quarter as earlier
    on quarter.household_no = earlier.household_no and earlier.quarter = {{ add_months('quarter.quarter', -3) }}
left join helped on quarter.household_no = helped.household_no and quarter.quarter = helped.quarter
left join visited on quarter.household_no = visited.household_no and quarter.quarter = visited.quarter
