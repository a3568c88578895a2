-- FQ-rhythm: each warning's day of handing out, the working day by which it must be verified and whether that is past; and the
-- monthly report.
with judged as (
    select
        warnings.as_of,
        warnings.household_no,
        warnings.region_code,
        warnings.due_on,
        case
            when warnings.verified_on is not null and warnings.verified_on > warnings.due_on then '核实超期完成'
            when warnings.due_on < warnings.as_of then '核实超期'
            else '待核实'
        end as subject,
        case
            when warnings.verified_on is not null and warnings.verified_on > warnings.due_on then 'late'
            when warnings.due_on < warnings.as_of then 'overdue'
            else 'due'
        end as basis,
        '乡镇' as department,
        {{ day_text('warnings.issued_on') }} || case when warnings.is_issued then ' 已交办' else ' 交办' end || '，应在 '
        || {{ day_text('warnings.due_on') }} || ' 前核实'
        || case
            when warnings.verified_on is not null then '，' || {{ day_text('warnings.verified_on') }} || ' 核实'
            when warnings.due_on < warnings.as_of
                then '，已超期 ' || {{ as_text(days_between('warnings.due_on', 'warnings.as_of')) }} || ' 天'
            else ''
        end as evidence
    from {{ ref('int_warning_source') }} as warnings
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'FQ'
    where (warnings.verified_on is null or warnings.verified_on > warnings.due_on) and not warnings.is_silent
    union all
    select
        day.as_of,
        cast(null as {{ dbt.type_string() }}) as household_no,
        run.county_region as region_code,
        {{ day_of_month(month_start('day.as_of'), 'thresholds.report_day') }} as due_on,
        case when day.as_of = {{ day_of_month(month_start('day.as_of'), 'thresholds.report_day') }} then '月报今日报送' else '月报报送' end as subject,
        case when day.as_of = {{ day_of_month(month_start('day.as_of'), 'thresholds.report_day') }} then 'report_today' else 'report' end as basis,
        '乡村振兴' as department,
        '本月排查和帮扶情况应于 ' || {{ day_text(day_of_month(month_start('day.as_of'), 'thresholds.report_day')) }} || ' 报送' as evidence
    from {{ ref('int_day') }} as day
    cross join {{ source('raw', 'run') }} as run
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'FQ'
    inner join {{ ref('int_finding_threshold') }} as thresholds
        on day.as_of = thresholds.as_of and run.county_region = thresholds.region_code
)

select
    {{ finding(
        rule="'deadline_fq_rhythm'", kind="'deadline'", document="'FQ'", clause="'FQ-rhythm'", subject='state.subject', basis='state.basis',
        due_on='state.due_on', department='state.department', evidence='state.evidence', unit='null'
    ) }}
from judged as state
