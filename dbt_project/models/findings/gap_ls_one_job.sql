-- LS-one-job: households in difficulty with someone able and willing to work, and fewer in work in the window's last month than asked.
with judged as (
    select
        objects.as_of,
        objects.household_no,
        objects.region_code,
        objects.called,
        thresholds.one_job_workers,
        sum(case when work.is_able and work.wants_job then 1 else 0 end) as willing,
        sum(case when work.is_in_work then 1 else 0 end) as in_work
    from {{ ref('int_document_object') }} as objects
    inner join {{ ref('int_finding_threshold') }} as thresholds
        on objects.as_of = thresholds.as_of and objects.region_code = thresholds.region_code
    inner join {{ ref('int_member_work') }} as work
        on objects.as_of = work.as_of and objects.household_no = work.household_no
    where objects.document = 'LS'
    group by objects.as_of, objects.household_no, objects.region_code, objects.called, thresholds.one_job_workers
    having sum(case when work.is_able and work.wants_job then 1 else 0 end) > 0
        and sum(case when work.is_in_work then 1 else 0 end) < thresholds.one_job_workers
)

select
    {{ finding(
        rule="'gap_ls_one_job'", kind="'gap'", document="'LS'", clause="'LS-one-job'", subject="'零就业家庭'", basis="'nobody_in_work'",
        measured_name="'workers'", measured='state.in_work', threshold_name="'就业人数'", threshold='state.one_job_workers', unit="'人'",
        department="'人社'",
        evidence="state.called || '，有劳动能力和就业愿望 ' || " ~ as_text('state.willing') ~ " || ' 人，目前就业 ' || "
            ~ as_text('state.in_work') ~ " || ' 人'"
    ) }}
from judged as state
