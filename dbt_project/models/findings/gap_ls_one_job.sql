-- LS-one-job: households in difficulty with someone of working age able and willing to work, and fewer in work now than asked. Whose
-- day of birth is not known is not left out.
with member as (
    select
        work.*,
        coalesce(work.is_able and work.wants_job, false)
        and coalesce(
            {{ full_years('work.born_on', 'work.as_of') }} >= thresholds.working_age_from
            and {{ full_years('work.born_on', 'work.as_of') }}
            < case when work.sex = '女' then thresholds.working_age_women_to else thresholds.working_age_men_to end,
            true
        ) as is_willing
    from {{ ref('int_member_work') }} as work
    inner join {{ ref('int_household_at') }} as households
        on work.as_of = households.as_of and work.household_no = households.household_no
    inner join {{ ref('int_finding_threshold') }} as thresholds
        on households.as_of = thresholds.as_of and households.region_code = thresholds.region_code
),

judged as (
    select
        objects.as_of,
        objects.household_no,
        objects.region_code,
        objects.called,
        thresholds.one_job_workers,
        member.work_month,
        sum(case when member.is_willing then 1 else 0 end) as willing,
        sum(case when member.is_in_work then 1 else 0 end) as in_work
    from {{ ref('int_document_object') }} as objects
    inner join {{ ref('int_finding_threshold') }} as thresholds
        on objects.as_of = thresholds.as_of and objects.region_code = thresholds.region_code
    inner join member on objects.as_of = member.as_of and objects.household_no = member.household_no
    where objects.document = 'LS'
    group by objects.as_of, objects.household_no, objects.region_code, objects.called, thresholds.one_job_workers, member.work_month
    having sum(case when member.is_willing then 1 else 0 end) > 0
        and sum(case when member.is_in_work then 1 else 0 end) < thresholds.one_job_workers
)

select
    {{ finding(
        rule="'gap_ls_one_job'", kind="'gap'", document="'LS'", clause="'LS-one-job'", subject="'零就业家庭'", basis="'nobody_in_work'",
        measured_name="'workers'", measured='state.in_work', threshold_name="'就业人数'", threshold='state.one_job_workers', unit="'人'",
        department="'人社'",
        evidence="state.called || '，有劳动能力和就业愿望 ' || " ~ as_text('state.willing') ~ " || ' 人，' || " ~ month_text('state.work_month') ~ " || '在岗 ' || "
            ~ as_text('state.in_work') ~ " || ' 人'"
    ) }}
from judged as state
