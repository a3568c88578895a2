{# Households that a document asks to be seen each quarter and that were not, one row each, and the county's count.
   Goes after a CTE `asked`: the rows of int_quarter_visit that are asked for, with `called`, what the household is.
   contact: what counts as seeing; counted: subject of the count; them: what the households are together; whose: threshold's name. #}
{% macro quarter_coverage(rule, document, clause, contact, counted, them, whose, department) -%}
judged as (
    select
        as_of, region_code, household_no, case when is_over then '季度未走访' else '本季度待走访' end as subject,
        case when is_over then 'missed' else 'due' end as basis, cast(null as bigint) as covered, cast(null as bigint) as asked_for, last_day,
        called || {{ quarter_text('first_day') }} || case when is_over then '没有' else '至今没有' end || '{{ contact }}记录' as evidence
    from asked
    where visits = 0
    union all
    select
        asked.as_of, run.county_region as region_code, null as household_no, '{{ counted }}' as subject,
        case when is_over then 'count_over' else 'count_running' end as basis,
        sum(case when visits > 0 then 1 else 0 end) as covered, count(*) as asked_for, last_day,
        {{ quarter_text('first_day') }} || '{{ them }} ' || {{ as_text('count(*)') }} || ' 户，已走访 '
        || {{ as_text('sum(case when visits > 0 then 1 else 0 end)') }} || ' 户' as evidence
    from asked
    cross join {{ source('raw', 'run') }} as run
    group by asked.as_of, run.county_region, is_over, first_day, last_day
)

select
    {{ finding(
        rule="'" ~ rule ~ "'", kind="'coverage'", document="'" ~ document ~ "'", clause="'" ~ clause ~ "'", subject='state.subject',
        basis='state.basis', measured_name="case when state.asked_for is not null then 'households_visited' end", measured='state.covered',
        threshold_name="case when state.asked_for is not null then '" ~ whose ~ "' end", threshold='state.asked_for', unit="'户'",
        due_on='state.last_day', department="'" ~ department ~ "'", evidence='state.evidence'
    ) }}
from judged as state
{%- endmacro %}
