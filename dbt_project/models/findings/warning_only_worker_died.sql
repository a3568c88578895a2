-- In the span a person died who had been in work in the months before, and nobody of the household is in work now.
with span as (
    select windows.as_of, windows.first_month, windows.last_month, lists.member_list
    from {{ ref('int_window') }} as windows
    inner join {{ ref('int_as_of') }} as days on windows.as_of = days.as_of and days.is_day
    inner join {{ ref('int_list_month') }} as lists on windows.as_of = lists.as_of
    where windows.income_window = 'current'
),

-- The household of the dead: as the event says, else that of the latest list with the person on it. A head belongs to the household
-- that names him, whatever the member list says of him.
death as (
    select
        span.as_of,
        span.last_month,
        events.person_key,
        events.happened_on,
        coalesce(events.household_no, places.household_no) as household_no,
        events._receipt,
        events._row
    from {{ ref('stg_civil_event') }} as events
    inner join span on events.happened_on between span.first_month and span.as_of
    left join (
        select
            listed.person_key,
            listed.household_no,
            row_number() over (
                partition by listed.person_key order by listed._period desc, listed.is_head desc, listed.household_no nulls last
            ) as newest
        from (
            select members.person_key, members.household_no, members._period, 0 as is_head
            from {{ ref('stg_registry_member') }} as members
            where coalesce(members.co_living, true)
            union all
            select households.head_key as person_key, households.household_no, households._period, 1 as is_head
            from {{ ref('stg_registry_household') }} as households
        ) as listed
        inner join span on listed._period <= span.as_of
    ) as places on events.person_key = places.person_key and places.newest = 1
    where events.event = '死亡'
),

judged as (
    select death.*, households.region_code
    from death
    inner join {{ ref('int_household_at') }} as households
        on death.as_of = households.as_of and death.household_no = households.household_no
    inner join {{ ref('int_threshold') }} as thresholds
        on households.as_of = thresholds.as_of and households.region_code = thresholds.region_code
    where exists (
        select 1 from {{ ref('stg_employment') }} as jobs
        where jobs.person_key = death.person_key
            and jobs.status = '在岗'
            and jobs.month <= death.happened_on
            and jobs.month >= {{ add_months(month_start('death.happened_on'), '-thresholds.worker_months') }}
    )
    and not exists (
        select 1
        from {{ ref('stg_employment') }} as jobs
        inner join {{ ref('int_member_at') }} as members
            on jobs.person_key = members.person_key and members.as_of = death.as_of
        where members.household_no = death.household_no
            and jobs.status = '在岗'
            and jobs.month = death.last_month
    )
)

select
    {{ finding(
        rule="'only_worker_died'", kind="'warning'", clause="'warning'", document='null', subject="'唯一劳动力去世'",
        person='state.person_key', basis="cast(state.happened_on as " ~ dbt.type_string() ~ ")", department="'公安户政'", unit='null',
        evidence="cast(state.happened_on as " ~ dbt.type_string() ~ ") || ' 家中唯一务工人员去世，目前无人在岗'",
        source_receipt='state._receipt', source_row='state._row'
    ) }}
from judged as state
