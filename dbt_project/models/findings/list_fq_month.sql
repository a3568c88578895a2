-- FQ-month: the month's table of help: each monitored or low-income household, measures and visits since the last report day, and
-- who is responsible.
with since as (
    select
        day.as_of,
        thresholds.region_code,
        {{ add_days(day_of_month(add_months(month_start('day.as_of'), -1), 'thresholds.report_day'), 1) }} as this_report_first,
        {{ day_of_month(month_start('day.as_of'), 'thresholds.report_day') }} as report_on
    from {{ ref('int_day') }} as day
    inner join {{ ref('int_finding_threshold') }} as thresholds on day.as_of = thresholds.as_of
),

helped as (
    select
        objects.household_no,
        count(measures.measure) as measures,
        cast(coalesce(sum(measures.amount_fen), 0) as bigint) as amount_fen
    from {{ ref('int_document_object') }} as objects
    inner join since on objects.as_of = since.as_of and objects.region_code = since.region_code
    left join {{ ref('int_measure') }} as measures
        on objects.household_no = measures.household_no
            and measures.started_on >= since.this_report_first
            and measures.started_on <= since.report_on
    where objects.document = 'FQ'
    group by objects.household_no
),

visited as (
    select objects.household_no, count(visits.visited_on) as visits
    from {{ ref('int_document_object') }} as objects
    inner join since on objects.as_of = since.as_of and objects.region_code = since.region_code
    left join {{ ref('stg_visit_record') }} as visits
        on objects.household_no = visits.household_no
            and visits.visited_on >= since.this_report_first
            and visits.visited_on <= least(since.report_on, since.as_of)
    where objects.document = 'FQ'
    group by objects.household_no
),

judged as (
    select
        objects.as_of,
        objects.household_no,
        objects.region_code,
        objects.called,
        since.report_on,
        helped.measures,
        helped.amount_fen,
        visited.visits,
        monitored.helper is not null as has_helper,
        monitored.helper_rank,
        monitored.partner is not null as has_partner
    from {{ ref('int_document_object') }} as objects
    inner join since on objects.as_of = since.as_of and objects.region_code = since.region_code
    inner join helped on objects.household_no = helped.household_no
    inner join visited on objects.household_no = visited.household_no
    left join {{ ref('int_monitored') }} as monitored
        on objects.as_of = monitored.as_of and objects.household_no = monitored.household_no and monitored.is_monitored
    where objects.document = 'FQ'
)

select
    {{ finding(
        rule="'list_fq_month'", kind="'list'", document="'FQ'", clause="'FQ-month'", subject="'月帮扶统计'", basis='state.called',
        measured_name="'help_amount_of_month'", measured_fen='state.amount_fen', due_on='state.report_on', department="'乡村振兴'",
        evidence="state.called || '；本月落实措施 ' || " ~ as_text('state.measures') ~ " || ' 项，帮扶资金 ' || " ~ yuan_said('state.amount_fen')
            ~ " || '，走访 ' || " ~ as_text('state.visits') ~ " || ' 次；帮扶责任人'
            || case when state.has_helper then '已落实（' || coalesce(state.helper_rank, '职务未填') || '）' else '未落实' end
            || '，结对帮扶人' || case when state.has_partner then '已落实' else '未落实' end"
    ) }}
from judged as state
