-- One row per death in the span and person, with the household the dead was a member of but for the death: rules section 2, as of that
-- day. A household number of the event counts where the day's list has it. A list that came after the death no longer holds the dead,
-- so the newest one that does is asked.
with span as (
    select days.as_of, days.first_month, lists.household_list, lists.member_list
    from {{ ref('int_day') }} as days
    inner join {{ ref('int_list_month') }} as lists on days.as_of = lists.as_of
),

death as (
    select span.*, events.person_key, events.happened_on, events.household_no as told_no, events._receipt, events._row
    from {{ ref('stg_civil_event') }} as events
    inner join span on events.happened_on between span.first_month and span.as_of
    where events.event = '死亡'
),

dead as (
    select distinct as_of, person_key, happened_on, household_list, member_list from death
),

-- Every list's row with the dead on it, of a household that is still listed. The head by the day's list goes before any other.
listed as (
    select
        dead.as_of,
        dead.person_key,
        dead.happened_on,
        households.household_no,
        members._period as list_month,
        last_day(members._period) as list_end,
        false as is_head,
        members.co_living
    from dead
    inner join {{ ref('stg_registry_member') }} as members on dead.person_key = members.person_key and members._period <= dead.as_of
    inner join {{ ref('int_household_at') }} as households
        on dead.as_of = households.as_of and members.household_no = households.household_no
    union all
    select
        dead.as_of,
        dead.person_key,
        dead.happened_on,
        households.household_no,
        case when heads._period = dead.household_list then dead.as_of else heads._period end as list_month,
        last_day(case when heads._period = dead.household_list then coalesce(dead.member_list, heads._period) else heads._period end) as list_end,
        true as is_head,
        cast(null as boolean) as co_living
    from dead
    inner join {{ ref('stg_registry_household') }} as heads on dead.person_key = heads.head_key and heads._period <= dead.as_of
    inner join {{ ref('int_household_at') }} as households
        on dead.as_of = households.as_of and heads.household_no = households.household_no
),

dated as (
    select
        listed.*,
        max(listed.list_month) over (partition by listed.as_of, listed.person_key, listed.happened_on) as newest_month
    from listed
),

list_end as (
    select
        dead.as_of,
        dead.person_key,
        dead.happened_on,
        coalesce(max(dated.list_end), last_day(max(dead.member_list))) as list_end
    from dead
    left join dated
        on dead.as_of = dated.as_of
            and dead.person_key = dated.person_key
            and dead.happened_on = dated.happened_on
            and dated.list_month = dated.newest_month
    group by dead.as_of, dead.person_key, dead.happened_on
),

place as (
    select as_of, person_key, happened_on, household_no, list_end, is_head, coalesce(co_living, false) as is_said
    from dated
    where list_month = newest_month and (is_head or coalesce(co_living, true))
    union all
    select distinct
        list_end.as_of, list_end.person_key, list_end.happened_on, households.household_no, list_end.list_end, false as is_head, false as is_said
    from list_end
    inner join {{ ref('stg_civil_event') }} as arrivals
        on list_end.person_key = arrivals.person_key
            and arrivals.event in ('出生', '迁入')
            and arrivals.happened_on > list_end.list_end
            and arrivals.happened_on <= list_end.happened_on
    inner join {{ ref('int_household_at') }} as households
        on list_end.as_of = households.as_of and arrivals.household_no = households.household_no
),

moved as (
    select place.as_of, place.person_key, place.happened_on, place.household_no, place.list_end, {{ moves('place') }}
    from place
    inner join {{ ref('stg_civil_event') }} as events
        on place.person_key = events.person_key and events.happened_on <= place.happened_on
    group by place.as_of, place.person_key, place.happened_on, place.household_no, place.list_end
),

kept as (
    select
        place.as_of,
        place.person_key,
        place.happened_on,
        place.household_no,
        row_number() over (
            partition by place.as_of, place.person_key, place.happened_on
            order by case when place.is_head then 0 when place.is_said then 1 else 2 end nulls last, place.household_no nulls last
        ) as place_rank
    from place
    inner join moved
        on place.as_of = moved.as_of
            and place.person_key = moved.person_key
            and place.happened_on = moved.happened_on
            and place.household_no = moved.household_no
            and place.list_end = moved.list_end
    where not {{ has_moved_away() }}
)

select
    death.as_of,
    households.household_no,
    households.region_code,
    death.person_key,
    death.happened_on,
    death._receipt,
    death._row
from death
left join {{ ref('int_household_at') }} as named on death.as_of = named.as_of and death.told_no = named.household_no
left join kept
    on death.as_of = kept.as_of
        and death.person_key = kept.person_key
        and death.happened_on = kept.happened_on
        and kept.place_rank = 1
inner join {{ ref('int_household_at') }} as households
    on death.as_of = households.as_of and households.household_no = coalesce(named.household_no, kept.household_no)
