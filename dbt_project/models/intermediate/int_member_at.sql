-- One row per as-of day and person who is a member of a household then. Rules section 2.
with lists as (
    select as_of, household_list, member_list, last_day(member_list) as list_end
    from {{ ref('int_list_month') }}
),

-- Households of the day, and those that share a person with another list, so that a person counts once.
pool as (
    select as_of, household_no, head_key from {{ ref('int_household_at') }}
    union
    select lists.as_of, households.household_no, households.head_key
    from lists
    inner join {{ ref('int_listed_twice') }} as twice
        on lists.household_list = twice.household_list and lists.member_list = twice.member_list
    inner join {{ ref('stg_registry_member') }} as members
        on lists.member_list = members._period and twice.person_key = members.person_key
    inner join {{ ref('stg_registry_household') }} as households
        on lists.household_list = households._period and members.household_no = households.household_no
    union
    select lists.as_of, households.household_no, households.head_key
    from lists
    inner join {{ ref('int_listed_twice') }} as twice
        on lists.household_list = twice.household_list and lists.member_list is not distinct from twice.member_list
    inner join {{ ref('stg_registry_household') }} as households
        on lists.household_list = households._period and twice.person_key = households.head_key
),

listed as (
    select
        pool.as_of,
        pool.household_no,
        members.person_key,
        members.person_key = pool.head_key as is_head,
        members.co_living,
        members.relation,
        members.health,
        members.labour_ability,
        members.self_care,
        members.veteran,
        members.wants_job,
        members.born_on,
        members.sex,
        lists.list_end
    from pool
    inner join lists on pool.as_of = lists.as_of
    inner join {{ ref('stg_registry_member') }} as members
        on lists.member_list = members._period and pool.household_no = members.household_no
),

unlisted_head as (
    select pool.as_of, pool.household_no, pool.head_key as person_key
    from pool
    where not exists (
        select 1 from listed
        where listed.as_of = pool.as_of
            and listed.household_no = pool.household_no
            and listed.person_key = pool.head_key
    )
),

joined_later as (
    select distinct pool.as_of, pool.household_no, events.person_key, pool.head_key
    from pool
    inner join lists on pool.as_of = lists.as_of
    inner join {{ ref('stg_civil_event') }} as events
        on pool.household_no = events.household_no
            and events.happened_on > lists.list_end
            and events.happened_on <= pool.as_of
    where events.event in ('出生', '迁入')
        and not exists (
            select 1 from listed
            where listed.as_of = pool.as_of
                and listed.household_no = pool.household_no
                and listed.person_key = events.person_key
                and (listed.is_head or coalesce(listed.co_living, true))
        )
),

candidate as (
    select
        as_of, household_no, person_key, is_head, co_living, relation, health, labour_ability, self_care,
        veteran, wants_job, born_on, sex, list_end
    from listed
    where is_head or coalesce(co_living, true)
    union all
    select
        heads.as_of, heads.household_no, heads.person_key, true as is_head, null as co_living, '户主' as relation,
        null as health, null as labour_ability, null as self_care, null as veteran, null as wants_job,
        null as born_on, null as sex, lists.list_end
    from unlisted_head as heads
    inner join lists on heads.as_of = lists.as_of
    where not exists (
        select 1 from joined_later
        where joined_later.as_of = heads.as_of
            and joined_later.household_no = heads.household_no
            and joined_later.person_key = heads.person_key
    )
    union all
    select
        later.as_of, later.household_no, later.person_key, later.person_key = later.head_key as is_head,
        null as co_living, null as relation, null as health, null as labour_ability, null as self_care,
        null as veteran, null as wants_job, null as born_on, null as sex, lists.list_end
    from joined_later as later
    inner join lists on later.as_of = lists.as_of
),

-- What the household registration says of a candidate by the day. Few people have any event.
movement as (
    select
        candidate.as_of,
        candidate.household_no,
        candidate.person_key,
        max(case when events.event = '死亡' then events.happened_on end) as died_on,
        max(case when events.event = '服刑' then events.happened_on end) as jailed_on,
        max(case when events.event = '刑满释放' then events.happened_on end) as released_on,
        max(case when events.event = '迁出' and coalesce(events.household_no, candidate.household_no) = candidate.household_no
            then events.happened_on end) as left_on,
        max(case when events.event = '迁入' and coalesce(events.household_no, candidate.household_no) = candidate.household_no
            then events.happened_on end) as came_on,
        max(case when events.event = '迁入' and events.household_no = candidate.household_no
            then events.happened_on end) as came_here_on,
        max(case when events.event = '迁入' and events.household_no <> candidate.household_no
            and events.happened_on > candidate.list_end then events.happened_on end) as went_elsewhere_on
    from candidate
    inner join {{ ref('stg_civil_event') }} as events
        on candidate.person_key = events.person_key and events.happened_on <= candidate.as_of
    group by candidate.as_of, candidate.household_no, candidate.person_key
),

present as (
    select
        candidate.*,
        row_number() over (
            partition by candidate.as_of, candidate.person_key
            order by
                case when candidate.is_head then 0 when candidate.co_living then 1 else 2 end nulls last,
                candidate.household_no nulls last
        ) as place_rank
    from candidate
    left join movement
        on candidate.as_of = movement.as_of
            and candidate.household_no = movement.household_no
            and candidate.person_key = movement.person_key
    where movement.died_on is null
        and (movement.jailed_on is null or coalesce(movement.released_on >= movement.jailed_on, false))
        and (movement.left_on is null or coalesce(movement.came_on >= movement.left_on, false))
        and (movement.went_elsewhere_on is null or coalesce(movement.came_here_on >= movement.went_elsewhere_on, false))
),

disability_list as (
    select lists.as_of, max(register._period) as period
    from lists
    inner join (select distinct _period from {{ ref('stg_disability_register') }}) as register
        on register._period <= lists.as_of
    group by lists.as_of
),

disability as (
    select disability_list.as_of, register.person_key, register.level, register.living_subsidy, register.nursing_subsidy
    from disability_list
    inner join {{ ref('stg_disability_register') }} as register on disability_list.period = register._period
    where register.certified_on is null or register.certified_on <= disability_list.as_of
)

select
    households.household_id,
    present.as_of,
    present.household_no,
    present.person_key,
    present.is_head,
    present.relation,
    present.health,
    present.labour_ability,
    present.self_care,
    coalesce(present.veteran, false) as is_veteran,
    present.wants_job,
    present.born_on,
    present.sex,
    disability.person_key is not null as is_disabled,
    disability.level as disability_level,
    disability.living_subsidy,
    disability.nursing_subsidy
from present
inner join {{ ref('int_household_at') }} as households
    on present.as_of = households.as_of and present.household_no = households.household_no
left join disability on present.as_of = disability.as_of and present.person_key = disability.person_key
where present.place_rank = 1
