-- FQ-jobs: people able to work in monitored households with fewer job offers in the window than asked; households whose workers all
-- have no work.
with able as (
    select work.*, objects.region_code, thresholds.offers as offers_asked
    from {{ ref('int_member_work') }} as work
    inner join {{ ref('int_document_object') }} as objects
        on work.as_of = objects.as_of and work.household_no = objects.household_no and objects.document = 'FQ'
    inner join {{ ref('int_finding_threshold') }} as thresholds
        on objects.as_of = thresholds.as_of and objects.region_code = thresholds.region_code
    where work.is_able and objects.is_monitored
),

judged as (
    select
        as_of, region_code, household_no, person_key, '岗位信息推送不足' as subject, 'few_offers' as basis,
        offers as measured, offers_asked as asked,
        '有劳动能力（' || labour_ability || '），近12个月推送岗位 ' || {{ as_text('offers') }} || ' 条，应不少于 '
        || {{ as_text('offers_asked') }} || ' 条' || case when is_in_work then '；目前在岗' else '；目前未就业' end as evidence
    from able
    where offers < offers_asked
    union all
    select
        as_of, region_code, household_no, null as person_key, '有劳动能力家庭无人就业' as subject, 'nobody_in_work' as basis,
        0 as measured, 1 as asked,
        '有劳动能力 ' || {{ as_text('count(*)') }} || ' 人，目前均未就业' as evidence
    from able
    group by as_of, region_code, household_no
    having max(case when is_in_work then 1 else 0 end) = 0
)

select
    {{ finding(
        rule="'gap_fq_jobs'", kind="'gap'", document="'FQ'", clause="'FQ-jobs'", subject='state.subject', basis='state.basis',
        person='state.person_key', measured_name="case state.basis when 'few_offers' then 'offers' else 'workers' end",
        measured='state.measured', threshold='state.asked', department="'人社'",
        threshold_name="case state.basis when 'few_offers' then '岗位推送条数' else '就业人数' end",
        unit="case state.basis when 'few_offers' then '条' else '人' end", evidence='state.evidence'
    ) }}
from judged as state
