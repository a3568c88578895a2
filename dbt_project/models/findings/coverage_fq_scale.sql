-- FQ-scale: people monitored in the county against the share of the registered poor, or of the dibao population where there is none.
-- Of regions that are published, as in the scale report.
with population as (
    select
        as_of,
        cast(sum(case when is_registered_poor then members else 0 end) as bigint) as registered_people,
        cast(sum(case when is_on_dibao then members else 0 end) as bigint) as dibao_people,
        cast(sum(case when is_monitored then members else 0 end) as bigint) as monitored_people,
        sum(case when is_monitored then 1 else 0 end) as monitored_households
    from {{ adopted_state('FQ') }} as households
    where exists (
        select 1 from {{ ref('int_published_household') }} as published
        where published.as_of = households.as_of and published.household_no = households.household_no
    )
    group by as_of
),

judged as (
    select
        population.*,
        run.county_region as region_code,
        cast(null as {{ dbt.type_string() }}) as household_no,
        thresholds.scale_ppm,
        case when registered_people > 0 then 'registered_poor' else 'dibao' end as basis,
        case when registered_people > 0 then registered_people else dibao_people end as base_people
    from population
    cross join {{ source('raw', 'run') }} as run
    inner join {{ ref('int_threshold') }} as thresholds
        on population.as_of = thresholds.as_of and run.county_region = thresholds.region_code
)

select
    {{ finding(
        rule="'coverage_fq_scale'", kind="'coverage'", document="'FQ'", clause="'FQ-scale'", basis='state.basis', unit="'人'",
        subject="case when state.monitored_people * 1000000 < state.base_people * state.scale_ppm then '监测规模低于参考比例'
            when state.monitored_people * 1000000 > state.base_people * state.scale_ppm then '监测规模高于参考比例' else '监测规模等于参考比例' end",
        measured_name="'monitored_people'", measured='state.monitored_people', threshold_name="'target_people'",
        threshold=yuan(rounded_quotient('state.base_people * state.scale_ppm', 10000)), department="'乡村振兴'",
        evidence="'监测对象 ' || " ~ as_text('state.monitored_households') ~ " || ' 户 ' || " ~ as_text('state.monitored_people')
            ~ " || ' 人；' || case state.basis when 'registered_poor' then '建档立卡' else '无建档立卡人口，低保' end || '人口 '
            || " ~ as_text('state.base_people') ~ " || ' 人'"
    ) }}
from judged as state
