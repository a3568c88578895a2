-- TR-feed: the number monitored, who came in or left, and changes of income since the month end before, for the rural revitalisation side.
with since as (
    select day.as_of, max(days.as_of) as month_end
    from {{ ref('int_day') }} as day
    inner join {{ ref('int_as_of') }} as days on days.as_of < day.as_of and days.as_of = last_day(days.as_of)
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'TR'
    group by day.as_of
),

judged as (
    select
        since.as_of, run.county_region as region_code, cast(null as {{ dbt.type_string() }}) as household_no,
        '监测人数' as subject, 'count' as basis, cast(sum(states.members) as bigint) as people,
        cast(null as bigint) as now_fen, cast(null as bigint) as before_fen,
        '监测对象 ' || {{ as_text('count(*)') }} || ' 户 ' || {{ as_text('sum(states.members)') }} || ' 人' as evidence
    from since
    cross join {{ source('raw', 'run') }} as run
    inner join {{ ref('int_household_state') }} as states on since.as_of = states.as_of and states.is_monitored
    group by since.as_of, run.county_region
    union all
    select
        since.as_of, households.region_code, monitored.household_no,
        case when monitored.is_monitored then '新纳入监测' else '退出监测' end as subject,
        case when monitored.is_monitored then 'entered' else 'left' end as basis, null as people, null as now_fen, null as before_fen,
        case when monitored.is_monitored then {{ day_text('coalesce(monitored.entered_on, monitored.identified_on)') }} || ' 纳入'
            else {{ day_text('coalesce(monitored.left_on, monitored.eliminated_on)') }} || ' 退出' end as evidence
    from since
    inner join {{ ref('int_monitored') }} as monitored on since.as_of = monitored.as_of
    inner join {{ ref('int_household_at') }} as households
        on monitored.as_of = households.as_of and monitored.household_no = households.household_no
    where (monitored.is_monitored and coalesce(monitored.entered_on, monitored.identified_on) > since.month_end)
        or (not monitored.is_monitored and coalesce(monitored.left_on, monitored.eliminated_on) > since.month_end)
    union all
    select
        since.as_of, now_state.region_code, now_state.household_no,
        case
            when now_state.has_excluding_property <> coalesce(then_tests.has_excluding_property, now_state.has_excluding_property)
                then '财产变化'
            else '收入变化'
        end as subject,
        'changed' as basis, null as people,
        now_state.disposable_income_per_capita_fen as now_fen, then_state.disposable_income_per_capita_fen as before_fen,
        '人均可支配收入由 ' || {{ yuan_said('then_state.disposable_income_per_capita_fen') }} || '变为 '
        || {{ yuan_said('now_state.disposable_income_per_capita_fen') }} as evidence
    from since
    inner join {{ ref('int_household_state') }} as now_state on since.as_of = now_state.as_of and now_state.is_monitored
    inner join {{ ref('int_household_state') }} as then_state
        on since.month_end = then_state.as_of and now_state.household_no = then_state.household_no
    left join {{ ref('int_dibao_test') }} as then_tests
        on since.month_end = then_tests.as_of and now_state.household_no = then_tests.household_no
    where now_state.disposable_income_per_capita_fen <> then_state.disposable_income_per_capita_fen
        or now_state.has_excluding_property <> coalesce(then_tests.has_excluding_property, now_state.has_excluding_property)
)

select
    {{ finding(
        rule="'feed_tr_feed'", kind="'feed'", document="'TR'", clause="'TR-feed'", subject='state.subject', basis='state.basis',
        measured_name="case state.basis when 'count' then 'people' when 'changed' then 'disposable_income_per_capita' end",
        measured="case when state.basis = 'count' then state.people else " ~ yuan('state.now_fen') ~ " end",
        threshold_name="case when state.basis = 'changed' then '上月末人均可支配收入' end", threshold=yuan('state.before_fen'),
        unit="case when state.basis = 'count' then '人' when state.basis = 'changed' then '元' end", department="'乡村振兴'",
        evidence='state.evidence'
    ) }}
from judged as state
