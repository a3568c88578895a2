-- One row per household on D: its members, and what departments' records about them say of the year before, for the risk scorer.
with day as (
    select as_of, {{ month_start('as_of') }} as this_month
    from {{ ref('int_as_of') }}
    where is_day
),

member as (
    select
        members.*,
        case when members.labour_ability in ('普通劳动力', '技能劳动力', '弱劳动力或半劳动力') then 1 else 0 end as is_labour
    from {{ ref('int_member_at') }} as members
    inner join day on members.as_of = day.as_of
),

made_of as (
    select
        household_no,
        count(*) as members,
        sum(is_labour) as labour,
        sum(case when labour_ability in ('普通劳动力', '技能劳动力') then 1 else 0 end) as full_labour,
        sum(case when health = '患有大病' then 1 else 0 end) as grave_ill,
        sum(case when health = '长期慢性病' then 1 else 0 end) as chronic_ill,
        sum(case when is_disabled then 1 else 0 end) as disabled,
        sum(case when disability_level in ('一级', '二级') then 1 else 0 end) as severely_disabled,
        sum(case when self_care in ('部分自理', '不能自理') then 1 else 0 end) as needing_care
    from member
    group by household_no
),

job as (
    select
        member.household_no,
        sum(case when jobs.status = '在岗' and jobs.month >= {{ add_months('day.this_month', -6) }} then 1 else 0 end) as work_months_6,
        sum(case when jobs.status = '在岗' then 1 else 0 end) as work_months_12,
        sum(case when jobs.month >= {{ add_months('day.this_month', -6) }} then coalesce(jobs.wage_fen, 0) else 0 end) as wage_6_fen,
        max(case when jobs.status = '失业' and coalesce(jobs.lost_job_on, jobs.month) >= {{ add_months('day.this_month', -6) }}
            then 1 else 0 end) as lost_job_6,
        max(case when jobs.status = '返乡' and jobs.month >= {{ add_months('day.this_month', -6) }} then 1 else 0 end) as came_home_6,
        max(case when jobs.job_kind = '公益性岗位' and jobs.month >= {{ add_months('day.this_month', -3) }} then 1 else 0 end) as public_job,
        sum(case when jobs.job_kind = '省外务工' and jobs.status = '在岗' then 1 else 0 end) as outside_months_12,
        count(distinct jobs.employer) as employers_12
    from {{ ref('stg_employment') }} as jobs
    inner join member on jobs.person_key = member.person_key
    cross join day
    where jobs.month >= {{ add_months('day.this_month', -12) }} and jobs.month <= day.as_of
    group by member.household_no
),

care as (
    select
        member.household_no,
        sum(coalesce(bills.self_total_fen, 0)) as medical_12_fen,
        sum(case when bills.settled_on > {{ add_months('day.as_of', -6) }} then coalesce(bills.self_total_fen, 0) else 0 end) as medical_6_fen,
        max(coalesce(bills.self_total_fen, 0)) as largest_bill_fen,
        sum(case when bills.visit_kind = '住院' then 1 else 0 end) as admissions_12,
        sum(case when bills.visit_kind = '特殊门诊' then 1 else 0 end) as chronic_visits_12
    from {{ ref('stg_medical_settlement') }} as bills
    inner join member on bills.person_key = member.person_key
    cross join day
    where bills.settled_on > {{ add_months('day.as_of', -12) }} and bills.settled_on <= day.as_of
    group by member.household_no
),

term as (
    select
        member.household_no,
        member.person_key,
        schools.stage,
        schools.status,
        coalesce(schools.fees_fen, 0) - coalesce(schools.aid_fen, 0) as fees_fen,
        row_number() over (partition by member.person_key order by schools.term desc nulls last) as newest
    from {{ ref('stg_school_enrolment') }} as schools
    inner join member on schools.person_key = member.person_key
    cross join day
    where schools.term <= day.as_of and schools.term > {{ add_months('day.as_of', -12) }}
),

school as (
    select
        household_no,
        sum(case when newest = 1 and status in ('在读', '休学') then 1 else 0 end) as students,
        sum(case when newest = 1 and status in ('在读', '休学') and stage in ('普通高中', '中职', '大专', '本科及以上') then 1 else 0 end)
            as older_students,
        max(case when newest = 1 and status = '辍学' then 1 else 0 end) as dropout,
        sum(case when fees_fen > 0 then fees_fen else 0 end) as fees_12_fen
    from term
    group by household_no
),

movement as (
    select
        households.household_no,
        sum(case when events.event = '死亡' then 1 else 0 end) as deaths_12,
        sum(case when events.event = '离婚' then 1 else 0 end) as divorces_12,
        sum(case when events.event = '出生' then 1 else 0 end) as births_12
    from (
        select distinct members.household_no, members.person_key
        from {{ ref('stg_registry_member') }} as members
    ) as households
    inner join {{ ref('stg_civil_event') }} as events on households.person_key = events.person_key
    cross join day
    where events.happened_on > {{ add_months('day.as_of', -12) }} and events.happened_on <= day.as_of
    group by households.household_no
),

aid as (
    select
        member.household_no,
        sum(case when coalesce(items.kind, '其他') = '临时救助金' then 1 else 0 end) as emergency_aid_12,
        sum(case when coalesce(items.kind, '其他') = '临时救助金' then payments.amount_fen else 0 end) as emergency_aid_12_fen
    from {{ ref('stg_subsidy_payment') }} as payments
    left join {{ ref('subsidy_item') }} as items on payments.item = items.item
    inner join member on payments.person_key = member.person_key
    cross join day
    where payments.paid_on > {{ add_months('day.as_of', -12) }} and payments.paid_on <= day.as_of
    group by member.household_no
)

select
    day.as_of,
    made_of.household_no,
    made_of.members,
    made_of.labour,
    made_of.full_labour,
    made_of.grave_ill,
    made_of.chronic_ill,
    made_of.disabled,
    made_of.severely_disabled,
    made_of.needing_care,
    coalesce(job.work_months_6, 0) as work_months_6,
    coalesce(job.work_months_12, 0) as work_months_12,
    coalesce(job.wage_6_fen, 0) as wage_6_fen,
    coalesce(job.lost_job_6, 0) as lost_job_6,
    coalesce(job.came_home_6, 0) as came_home_6,
    coalesce(job.public_job, 0) as public_job,
    coalesce(job.outside_months_12, 0) as outside_months_12,
    coalesce(job.employers_12, 0) as employers_12,
    coalesce(care.medical_12_fen, 0) as medical_12_fen,
    coalesce(care.medical_6_fen, 0) as medical_6_fen,
    coalesce(care.largest_bill_fen, 0) as largest_bill_fen,
    coalesce(care.admissions_12, 0) as admissions_12,
    coalesce(care.chronic_visits_12, 0) as chronic_visits_12,
    coalesce(school.students, 0) as students,
    coalesce(school.older_students, 0) as older_students,
    coalesce(school.dropout, 0) as dropout,
    coalesce(school.fees_12_fen, 0) as fees_12_fen,
    coalesce(movement.deaths_12, 0) as deaths_12,
    coalesce(movement.divorces_12, 0) as divorces_12,
    coalesce(movement.births_12, 0) as births_12,
    coalesce(aid.emergency_aid_12, 0) as emergency_aid_12,
    coalesce(aid.emergency_aid_12_fen, 0) as emergency_aid_12_fen
from made_of
cross join day
left join job on made_of.household_no = job.household_no
left join care on made_of.household_no = care.household_no
left join school on made_of.household_no = school.household_no
left join movement on made_of.household_no = movement.household_no
left join aid on made_of.household_no = aid.household_no
