-- TR-visit: key households (dibao, 特困, monitored, low-income) not yet visited this quarter or missed in the latest one over, with
-- the county's count.
with asked as (
    select visits.*, objects.called
    from {{ ref('int_quarter_visit') }} as visits
    inner join {{ ref('int_document_object') }} as objects
        on visits.as_of = objects.as_of and visits.household_no = objects.household_no and objects.document = 'TR'
),

judged as (
    select
        as_of, region_code, household_no, case when is_over then '季度未走访' else '本季度待走访' end as subject,
        case when is_over then 'missed' else 'due' end as basis, cast(null as bigint) as covered, cast(null as bigint) as asked_for, last_day,
        called || '，' || {{ quarter_text('first_day') }} || case when is_over then '没有走访记录' else '至今没有走访记录' end as evidence
    from asked
    where visits = 0
    union all
    select
        asked.as_of, run.county_region as region_code, null as household_no, '季度走访覆盖' as subject,
        case when is_over then 'count_over' else 'count_running' end as basis,
        sum(case when visits > 0 then 1 else 0 end) as covered, count(*) as asked_for, last_day,
        {{ quarter_text('first_day') }} || '重点人口 ' || {{ as_text('count(*)') }} || ' 户，已走访 '
        || {{ as_text('sum(case when visits > 0 then 1 else 0 end)') }} || ' 户' as evidence
    from asked
    cross join {{ source('raw', 'run') }} as run
    group by asked.as_of, run.county_region, is_over, first_day, last_day
)

select
    {{ finding(
        rule="'coverage_tr_visit'", kind="'coverage'", document="'TR'", clause="'TR-visit'", subject='state.subject', basis='state.basis',
        measured_name="case when state.asked_for is not null then 'households_visited' end", measured='state.covered',
        threshold_name="case when state.asked_for is not null then '重点人口户数' end", threshold='state.asked_for', unit="'户'",
        due_on='state.last_day', department="'乡镇'", evidence='state.evidence'
    ) }}
from judged as state
