-- One row per as-of day and person who is a member of a household then. Rules section 2.
with lists as (
    select as_of, household_list, member_list, last_day(member_list) as list_end
    from {{ ref('int_list_month') }}
),

-- Households that share a person with another.
sharing as (
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

-- Households of the day, and those of others (without a household_id) that share a person, so that a person counts once.
pool as (
    select household_id, as_of, household_no, head_key from {{ ref('int_household_at') }}
    union all
    select cast(null as bigint) as household_id, sharing.as_of, sharing.household_no, sharing.head_key
    from sharing
    where not exists (
        select 1 from {{ ref('int_household_at') }} as households
        where households.as_of = sharing.as_of and households.household_no = sharing.household_no
    )
),

listed as (
    select
        pool.household_id,
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
    select pool.household_id, pool.as_of, pool.household_no, pool.head_key as person_key
    from pool
    where not exists (
        select 1 from listed
        where listed.as_of = pool.as_of
            and listed.household_no = pool.household_no
            and listed.person_key = pool.head_key
    )
),

joined_later as (
    select distinct pool.household_id, pool.as_of, pool.household_no, events.person_key, pool.head_key
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

-- Who is of a household without being listed there as living in it; few.
unlisted as (
    select heads.household_id, heads.as_of, heads.household_no, heads.person_key, true as is_head, '户主' as relation
    from unlisted_head as heads
    where not exists (
        select 1 from joined_later
        where joined_later.as_of = heads.as_of
            and joined_later.household_no = heads.household_no
            and joined_later.person_key = heads.person_key
    )
    union all
    select household_id, as_of, household_no, person_key, person_key = head_key as is_head, cast(null as {{ dbt.type_string() }}) as relation
    from joined_later
),

-- What the list says of them all the same: in a row of this household, or else of another.
said_of_unlisted as (
    select
        unlisted.as_of,
        unlisted.household_no,
        unlisted.person_key,
        members.health,
        members.labour_ability,
        members.self_care,
        members.veteran,
        members.wants_job,
        members.born_on,
        members.sex,
        row_number() over (
            partition by unlisted.as_of, unlisted.household_no, unlisted.person_key
            order by case when members.household_no = unlisted.household_no then 0 else 1 end nulls last, members.household_no nulls last
        ) as nearest
    from unlisted
    inner join lists on unlisted.as_of = lists.as_of
    inner join {{ ref('stg_registry_member') }} as members
        on lists.member_list = members._period and unlisted.person_key = members.person_key
),

candidate as (
    select
        household_id, as_of, household_no, person_key, is_head, co_living, relation, health, labour_ability, self_care,
        veteran, wants_job, born_on, sex, list_end
    from listed
    where is_head or coalesce(co_living, true)
    union all
    select
        unlisted.household_id, unlisted.as_of, unlisted.household_no, unlisted.person_key, unlisted.is_head, null as co_living,
        unlisted.relation, said.health, said.labour_ability, said.self_care, said.veteran, said.wants_job, said.born_on, said.sex,
        lists.list_end
    from unlisted
    inner join lists on unlisted.as_of = lists.as_of
    left join said_of_unlisted as said
        on unlisted.as_of = said.as_of
            and unlisted.household_no = said.household_no
            and unlisted.person_key = said.person_key
            and said.nearest = 1
),

-- What the household registration says of a candidate by the day. Few people have any event.
movement as (
    select
        candidate.as_of,
        candidate.household_no,
        candidate.person_key,
        max(case when events.event = '死亡' then events.happened_on end) as died_on,
        {{ moves('candidate') }}
    from candidate
    inner join {{ ref('stg_civil_event') }} as events
        on candidate.person_key = events.person_key and events.happened_on <= candidate.as_of
    group by candidate.as_of, candidate.household_no, candidate.person_key
),

gone as (
    select as_of, household_no, person_key
    from movement
    where died_on is not null or {{ has_moved_away() }}
),

-- Who may have places in several households; few.
contested as (
    select lists.as_of, twice.person_key
    from lists
    inner join {{ ref('int_listed_twice') }} as twice
        on lists.household_list = twice.household_list and lists.member_list is not distinct from twice.member_list
    union
    select as_of, person_key from joined_later
),

ranked as (
    select
        candidate.as_of,
        candidate.household_no,
        candidate.person_key,
        row_number() over (
            partition by candidate.as_of, candidate.person_key
            order by
                case when candidate.is_head then 0 when candidate.co_living then 1 else 2 end nulls last,
                candidate.household_no nulls last
        ) as place_rank
    from candidate
    inner join contested on candidate.as_of = contested.as_of and candidate.person_key = contested.person_key
    left join gone
        on candidate.as_of = gone.as_of and candidate.household_no = gone.household_no and candidate.person_key = gone.person_key
    where gone.person_key is null
),

-- Places that nobody has: left, or held by a person whose place is in another household.
empty_place as (
    select as_of, household_no, person_key from gone
    union all
    select as_of, household_no, person_key from ranked where place_rank > 1
),

disability_list as (
    select lists.as_of, max(registers.period) as period
    from lists
    inner join {{ ref('int_list_period') }} as registers
        on registers.form = 'disability_register' and registers.period <= lists.as_of
    group by lists.as_of
),

disability as (
    select disability_list.as_of, register.person_key, register.level, register.living_subsidy, register.nursing_subsidy
    from disability_list
    inner join {{ ref('stg_disability_register') }} as register on disability_list.period = register._period
    where register.certified_on is null or register.certified_on <= disability_list.as_of
)

select
    candidate.household_id,
    candidate.as_of,
    candidate.household_no,
    candidate.person_key,
    candidate.is_head,
    candidate.relation,
    candidate.health,
    candidate.labour_ability,
    candidate.self_care,
    coalesce(candidate.veteran, false) as is_veteran,
    candidate.wants_job,
    candidate.born_on,
    candidate.sex,
    disability.person_key is not null as is_disabled,
    disability.level as disability_level,
    disability.living_subsidy,
    disability.nursing_subsidy
from candidate
left join empty_place
    on candidate.as_of = empty_place.as_of
        and candidate.household_no = empty_place.household_no
        and candidate.person_key = empty_place.person_key
left join disability on candidate.as_of = disability.as_of and candidate.person_key = disability.person_key
where candidate.household_id is not null and empty_place.person_key is null
