-- One row per household on the observation list (LY-watch) on D or at the month end before it: what moved, month by month, and
-- what would tip the household over.
with month_end as (
    select max(as_of) as as_of from {{ ref('int_near_difficulty') }} where not is_day
),

listed as (
    select
        near.as_of,
        near.household_no,
        near.is_watched,
        coalesce(before.is_watched, false) as was_watched,
        case
            when near.is_watched and coalesce(before.is_watched, false) then '继续观察'
            when near.is_watched then '新列入'
            when near.is_marginal then '转为困难边缘户'
            else '不再列入'
        end as movement,
        near.is_by_income,
        near.is_by_spending
    from {{ ref('int_near_difficulty') }} as near
    cross join month_end
    left join {{ ref('int_near_difficulty') }} as before
        on near.household_no = before.household_no and before.as_of = month_end.as_of
    where near.is_day and (near.is_watched or coalesce(before.is_watched, false))
),

monthly as (
    select
        household_no,
        {{ joined_text(
            month_text('as_of') ~ " || ' ' || " ~ yuan_text('disposable_income_per_capita_fen'), 'as_of', '、'
        ) }} as monthly_per_capita
    from {{ ref('int_near_difficulty') }}
    group by household_no
)

select
    listed.household_no,
    listed.as_of,
    states.township_code,
    states.township,
    states.village,
    states.members,
    listed.movement,
    case when listed.is_watched then {{ said_branches([
        ('listed.is_by_income', '收入接近标准'),
        ('listed.is_by_spending', '刚性支出占比高'),
        ('states.is_potential_dibao', '符合低保未享受'),
        ('states.is_only_home_unsafe', '唯一住房为危房'),
        ('states.has_no_labour', '家中无劳动力'),
        ('states.has_disabled', '有持证残疾人'),
    ]) }} end as reasons,
    states.income_status,
    {{ yuan('states.disposable_income_per_capita_fen') }} as disposable_income_per_capita_yuan,
    monthly.monthly_per_capita,
    case when states.income_status <> '待定' then {{ yuan('observed.income_left_fen') }} end as income_left_yuan,
    case when states.income_status <> '待定' then {{ yuan('observed.spending_left_fen') }} end as spending_left_yuan,
    observed.changes
from listed
inner join {{ ref('int_household_state') }} as states
    on listed.as_of = states.as_of and listed.household_no = states.household_no
inner join {{ ref('int_published_household') }} as published
    on listed.as_of = published.as_of and listed.household_no = published.household_no
inner join monthly on listed.household_no = monthly.household_no
left join {{ ref('int_observation') }} as observed
    on listed.as_of = observed.as_of and listed.household_no = observed.household_no
