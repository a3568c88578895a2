-- One row per member on D and loss of work in the span from the window's first day to D, with whether it was made good. A 失业时间 tells
-- of a loss also where the state is 返乡 or not stated; beside 在岗 it is of an earlier job.
with span as (
    select windows.as_of, windows.first_month, windows.last_month
    from {{ ref('int_window') }} as windows
    inner join {{ ref('int_as_of') }} as days on windows.as_of = days.as_of and days.is_day
    where windows.income_window = 'current'
),

loss as (
    select
        members.as_of,
        members.household_no,
        jobs.person_key,
        jobs.month,
        coalesce(jobs.lost_job_on, jobs.month) as lost_on,
        span.last_month,
        jobs._receipt,
        jobs._row
    from {{ ref('stg_employment') }} as jobs
    inner join {{ ref('int_member_at') }} as members on jobs.person_key = members.person_key
    inner join span on members.as_of = span.as_of
    where (jobs.status = '失业' or (jobs.lost_job_on is not null and coalesce(jobs.status <> '在岗', true)))
        and coalesce(jobs.lost_job_on, jobs.month) between span.first_month and span.as_of
),

working as (
    select distinct members.household_no, jobs.person_key, jobs.month
    from {{ ref('stg_employment') }} as jobs
    inner join {{ ref('int_member_at') }} as members on jobs.person_key = members.person_key
    inner join span on members.as_of = span.as_of
    where jobs.status = '在岗' and jobs.month <= span.as_of and members.household_no in (select loss.household_no from loss)
)

select
    loss.*,
    exists (  -- noqa: LT01, LT06
        select 1 from working
        where working.person_key = loss.person_key
            and working.month > {{ month_start('loss.lost_on') }}
    ) as is_back_in_work,
    exists (  -- noqa: LT01, LT06
        select 1 from working
        where working.household_no = loss.household_no
            and working.person_key <> loss.person_key
            and working.month = loss.last_month
    ) as has_other_worker
from loss
