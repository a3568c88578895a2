-- TR-feed: what changed among the monitored since the last feed that was sent (before the first: since the month end before), for
-- the rural revitalisation side, with how many changes are sent and how many of their households that side's registers have.
with last_sent as (
    select max(sent_on) as sent_on from {{ source('raw', 'ledger_sent') }} where paper = 'TR-feed'
),

since as (
    select day.as_of, last_sent.sent_on is not null as is_sent, coalesce(last_sent.sent_on, max(days.as_of)) as since_on
    from {{ ref('int_day') }} as day
    inner join {{ ref('int_as_of') }} as days on days.as_of < day.as_of and days.as_of = last_day(days.as_of)
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'TR'
    cross join last_sent
    group by day.as_of, last_sent.sent_on
),

-- The monitored as they were told of, or as they stood at the month end.
told as (
    select household_no, per_capita_fen, has_property from {{ source('raw', 'ledger_feed') }}
    union all
    select then_state.household_no, then_state.disposable_income_per_capita_fen, then_tests.has_excluding_property
    from since
    inner join {{ ref('int_household_state') }} as then_state on since.since_on = then_state.as_of
    left join {{ ref('int_dibao_test') }} as then_tests
        on then_state.as_of = then_tests.as_of and then_state.household_no = then_tests.household_no
    where not since.is_sent
),

register as (
    select
        monitored.household_no,
        monitored.is_monitored,
        coalesce(monitored.entered_on, monitored.identified_on) as entered_on,
        coalesce(monitored.left_on, monitored.eliminated_on) as left_on
    from {{ ref('int_monitored') }} as monitored
    inner join {{ ref('int_household_at') }} as households
        on monitored.as_of = households.as_of and monitored.household_no = households.household_no
),

change as (
    select
        since.as_of, register.household_no, '新纳入监测' as subject, 'entered' as basis,
        cast(null as bigint) as now_fen, cast(null as bigint) as before_fen,
        {{ day_text('register.entered_on') }} || ' 纳入' as evidence
    from since
    inner join register on register.is_monitored
    left join told on register.household_no = told.household_no
    where case when since.is_sent then told.household_no is null else register.entered_on > since.since_on end
    union all
    select
        since.as_of, coalesce(register.household_no, told.household_no) as household_no, '退出监测' as subject, 'left' as basis,
        null as now_fen, null as before_fen,
        case when register.left_on is not null then {{ day_text('register.left_on') }} || ' 退出' else '已不在册' end as evidence
    from since
    cross join told
    left join register on told.household_no = register.household_no
    where since.is_sent and not coalesce(register.is_monitored, false)
    union all
    select
        since.as_of, register.household_no, '退出监测' as subject, 'left' as basis, null as now_fen, null as before_fen,
        {{ day_text('register.left_on') }} || ' 退出' as evidence
    from since
    inner join register on not register.is_monitored and register.left_on > since.since_on
    where not since.is_sent
    union all
    select
        since.as_of, now_state.household_no,
        case when now_state.has_excluding_property <> told.has_property then '财产变化' else '收入变化' end as subject,
        'changed' as basis, now_state.disposable_income_per_capita_fen as now_fen, told.per_capita_fen as before_fen,
        '人均可支配收入由 ' || {{ yuan_said('told.per_capita_fen') }} || '变为 '
        || {{ yuan_said('now_state.disposable_income_per_capita_fen') }} as evidence
    from since
    inner join {{ ref('int_household_state') }} as now_state on since.as_of = now_state.as_of and now_state.is_monitored
    inner join told on now_state.household_no = told.household_no
    where now_state.disposable_income_per_capita_fen <> told.per_capita_fen
        or now_state.has_excluding_property <> told.has_property
),

counted as (
    select
        since.as_of,
        since.since_on,
        since.is_sent,
        count(change.household_no) as sent,
        count(case when register.household_no is not null or coalesce(households.is_registered_poor, false) then 1 end) as matched
    from since
    left join change on since.as_of = change.as_of
    left join register on change.household_no = register.household_no
    left join {{ ref('int_household_at') }} as households
        on change.as_of = households.as_of and change.household_no = households.household_no
    group by since.as_of, since.since_on, since.is_sent
),

judged as (
    select
        since.as_of, run.county_region as region_code, cast(null as {{ dbt.type_string() }}) as household_no,
        '监测人数' as subject, 'count' as basis, cast(sum(states.members) as bigint) as people, cast(null as bigint) as sent,
        cast(null as bigint) as now_fen, cast(null as bigint) as before_fen,
        '监测对象 ' || {{ as_text('count(*)') }} || ' 户 ' || {{ as_text('sum(states.members)') }} || ' 人' as evidence
    from since
    cross join {{ source('raw', 'run') }} as run
    inner join {{ ref('int_household_state') }} as states on since.as_of = states.as_of and states.is_monitored
    group by since.as_of, run.county_region
    union all
    select
        counted.as_of, run.county_region as region_code, null as household_no, '变动信息' as subject, 'sent' as basis,
        counted.matched as people, counted.sent, null as now_fen, null as before_fen,
        case when counted.is_sent then '上次报送 ' else '首次报送，变动自 ' end || {{ day_text('counted.since_on') }}
        || '；本期变动 ' || {{ as_text('counted.sent') }} || ' 条，比对上 ' || {{ as_text('counted.matched') }} || ' 条' as evidence
    from counted
    cross join {{ source('raw', 'run') }} as run
    union all
    select
        change.as_of, coalesce(households.region_code, run.county_region) as region_code,
        case when households.household_no is not null then change.household_no end as household_no,
        change.subject, change.basis, null as people, null as sent, change.now_fen, change.before_fen,
        case when households.household_no is null then '户编号 ' || change.household_no || '，' else '' end || change.evidence as evidence
    from change
    cross join {{ source('raw', 'run') }} as run
    left join {{ ref('int_household_at') }} as households
        on change.as_of = households.as_of and change.household_no = households.household_no
)

select
    {{ finding(
        rule="'feed_tr_feed'", kind="'feed'", document="'TR'", clause="'TR-feed'", subject='state.subject', basis='state.basis',
        measured_name="case state.basis when 'count' then 'people' when 'sent' then 'matched' when 'changed' then 'disposable_income_per_capita' end",
        measured="case when state.basis in ('count', 'sent') then state.people else " ~ yuan('state.now_fen') ~ " end",
        threshold_name="case when state.basis = 'changed' then '上次报送的人均可支配收入' when state.basis = 'sent' then 'sent' end",
        threshold="case when state.basis = 'sent' then state.sent else " ~ yuan('state.before_fen') ~ " end",
        unit="case when state.basis = 'count' then '人' when state.basis = 'sent' then '条' when state.basis = 'changed' then '元' end",
        department="'乡村振兴'", evidence='state.evidence'
    ) }}
from judged as state
