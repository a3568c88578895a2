-- One row per member on D: months in work in the window, whether in work now, and how many job offers were sent. Now is the window's last
-- month; where its list has not come, the newest month of which one came: a month without a list says of nobody that he is out of work.
with told as (
    select day.as_of, day.first_month, day.last_month, coalesce(max(lists.period), day.last_month) as work_month
    from {{ ref('int_day') }} as day
    left join {{ ref('int_list_period') }} as lists
        on lists.form = 'employment' and lists.period between day.first_month and day.last_month
    group by day.as_of, day.first_month, day.last_month
),

worked as (
    select person_key, count(*) as months_in_work, max(is_work_month) as is_in_work
    from (
        select distinct jobs.person_key, jobs.month, case when jobs.month = told.work_month then 1 else 0 end as is_work_month
        from {{ ref('stg_employment') }} as jobs
        inner join told on jobs.month between told.first_month and told.last_month
        where jobs.status = '在岗'
    ) as in_work
    group by person_key
),

-- An offer sent to the household as a whole is an offer to each of its members.
offered as (
    select household_no, person_key, count(*) as offers
    from {{ ref('int_measure') }}
    where kind = '岗位推送' and is_in_window
    group by household_no, person_key
)

select
    members.as_of,
    members.household_no,
    members.person_key,
    members.born_on,
    members.sex,
    members.wants_job,
    members.labour_ability,
    coalesce(members.labour_ability in ('普通劳动力', '技能劳动力', '弱劳动力或半劳动力'), false) as is_able,
    coalesce(worked.months_in_work, 0) as months_in_work,
    coalesce(worked.is_in_work, 0) = 1 as is_in_work,
    told.work_month,
    coalesce(own.offers, 0) + coalesce(shared.offers, 0) as offers
from {{ ref('int_member_at') }} as members
inner join told on members.as_of = told.as_of
left join worked on members.person_key = worked.person_key
left join offered as own on members.household_no = own.household_no and members.person_key = own.person_key
left join offered as shared on members.household_no = shared.household_no and shared.person_key is null
