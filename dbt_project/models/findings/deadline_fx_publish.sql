-- FX-publish: changed rural dibao standards of the county's own chain that were published later than the working days allowed, or not yet.
with changed as (
    select
        lines.*,
        lag(lines.line_fen_per_year) over (partition by lines.region_code order by lines.effective_from nulls last) as before_fen
    from {{ ref('int_line') }} as lines
    where lines.line = '农村低保标准' and length(lines.region_code) >= 4
),

judged as (
    select
        day.as_of,
        run.county_region as region_code,
        cast(null as {{ dbt.type_string() }}) as household_no,
        changed.region_code as line_region,
        changed.effective_from,
        changed.published_on,
        changed.line_fen_per_year,
        changed.before_fen,
        changed.document as line_document,
        thresholds.publish_working_days,
        (
            select min(ahead.day) from {{ ref('int_working_day') }} as ahead
            where ahead.is_working_day and ahead.days_so_far = at_change.days_so_far + thresholds.publish_working_days
        ) as due_on,
        changed._receipt,
        changed._row
    from changed
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'FX'
    cross join {{ source('raw', 'run') }} as run
    inner join {{ ref('int_day') }} as day on changed.effective_from <= day.as_of
    inner join {{ ref('int_finding_threshold') }} as thresholds
        on day.as_of = thresholds.as_of and run.county_region = thresholds.region_code
    inner join {{ ref('int_working_day') }} as at_change on changed.effective_from = at_change.day
    where changed.before_fen <> changed.line_fen_per_year
        and (
            substr(run.county_region, 1, length(changed.region_code)) = changed.region_code
            or substr(changed.region_code, 1, length(run.county_region)) = run.county_region
        )
)

select
    {{ finding(
        rule="'deadline_fx_publish'", kind="'deadline'", document="'FX'", clause="'FX-publish'",
        subject="case when state.published_on is null then '标准调整未公布' else '标准调整迟公布' end",
        basis="case when state.published_on is null then 'not_published' else 'late' end",
        measured_name="'农村低保标准'", measured_fen='state.line_fen_per_year', threshold_region='state.line_region',
        threshold_reference='state.line_document', due_on='state.due_on', department="'民政'",
        evidence="'农村低保标准自 ' || " ~ day_text('state.effective_from') ~ " || ' 起由 ' || " ~ yuan_said('state.before_fen')
            ~ " || '调整为 ' || " ~ yuan_said('state.line_fen_per_year') ~ " || '，应在 ' || " ~ day_text('state.due_on') ~ " || ' 前向社会公布，'
            || case when state.published_on is null then '未见公布' else " ~ day_text('state.published_on') ~ " || ' 公布' end",
        source_receipt='state._receipt', source_row='state._row'
    ) }}
from judged as state
where coalesce(state.published_on, state.as_of) > state.due_on
