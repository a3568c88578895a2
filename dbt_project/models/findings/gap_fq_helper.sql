-- FQ-helper: monitored households without a helper or a partner, a helper below the rank asked, months without the visits asked.
with ranked as (
    select
        monitored.household_no,
        words.is_deputy_section,
        row_number() over (partition by monitored.household_no order by length(words.rank_word) desc, words.level_no nulls last) as choice
    from {{ ref('int_monitored') }} as monitored
    inner join {{ ref('helper_rank') }} as words on monitored.helper_rank like '%' || words.rank_word || '%'
),

monitored as (
    select monitored.*, households.region_code, ranked.is_deputy_section
    from {{ ref('int_monitored') }} as monitored
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'FQ'
    inner join {{ ref('int_household_at') }} as households
        on monitored.as_of = households.as_of and monitored.household_no = households.household_no
    left join ranked on monitored.household_no = ranked.household_no and ranked.choice = 1
    where monitored.is_monitored
),

unvisited as (
    select
        months.household_no,
        count(*) as months_without,
        {{ joined_text(month_text('months.month'), 'months.month', '、') }} as month_names,
        max(thresholds.visits_per_month) as visits_asked
    from {{ ref('int_visit_month') }} as months
    inner join monitored on months.household_no = monitored.household_no
    inner join {{ ref('int_finding_threshold') }} as thresholds
        on monitored.as_of = thresholds.as_of and monitored.region_code = thresholds.region_code
    where months.visits < thresholds.visits_per_month
    group by months.household_no
),

judged as (
    select
        monitored.*, '无挂钩帮扶责任人' as subject, 'no_helper' as basis, cast(null as integer) as measured, cast(null as integer) as asked,
        '台账未登记帮扶责任人' as evidence
    from monitored
    where helper is null
    union all
    select
        monitored.*, case when not is_deputy_section then '帮扶责任人职务低于副科级' else '帮扶责任人职务待核实' end as subject,
        case when not is_deputy_section then 'low_rank' else 'rank_unknown' end as basis, null as measured, null as asked,
        case
            when helper_rank is null then '台账未登记帮扶责任人职务'
            when is_deputy_section is null then '帮扶责任人职务“' || helper_rank || '”无法判断是否副科级以上，请核实'
            else '帮扶责任人职务“' || helper_rank || '”'
        end as evidence
    from monitored
    where helper is not null and not coalesce(is_deputy_section, false)
    union all
    select
        monitored.*, '无结对帮扶人' as subject, 'no_partner' as basis, null as measured, null as asked, '台账未登记本村结对帮扶人' as evidence
    from monitored
    where partner is null
    union all
    select
        monitored.*, '有月份未入户走访' as subject, 'month_without_visit' as basis, cast(unvisited.months_without as integer) as measured,
        unvisited.visits_asked as asked,
        '近12个月内有 ' || {{ as_text('unvisited.months_without') }} || ' 个月走访不足 ' || {{ as_text('unvisited.visits_asked') }} || ' 次：'
        || unvisited.month_names as evidence
    from monitored
    inner join unvisited on monitored.household_no = unvisited.household_no
)

select
    {{ finding(
        rule="'gap_fq_helper'", kind="'gap'", document="'FQ'", clause="'FQ-helper'", subject='state.subject', basis='state.basis',
        measured_name="case when state.basis = 'month_without_visit' then 'months_without_visit' end", measured='state.measured',
        threshold_name="case when state.basis = 'month_without_visit' then '每月走访次数' end", threshold='state.asked',
        unit="case when state.basis = 'month_without_visit' then '个月' end", department="'乡村振兴'", evidence='state.evidence',
        source_receipt='state._receipt', source_row='state._row'
    ) }}
from judged as state
