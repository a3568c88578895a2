{# Dibao households whose income is above the line: first and last month of fade-out under a document (FX-fade, TR-fade). #}
{% macro fading_out(document) -%}
with judged as (
    select
        fades.*,
        states.assessed_income_per_capita_fen,
        states.dibao_line,
        states.dibao_fen,
        states.dibao_region,
        last_day(fades.last_month) as last_on
    from {{ ref('int_fade_out') }} as fades
    inner join {{ ref('int_household_state') }} as states
        on fades.as_of = states.as_of and fades.household_no = states.household_no
    where fades.document = '{{ document }}'
)

select
    {{ finding(
        rule="'exit_" ~ document.lower() ~ "_fade'", kind="'exit'", document="'" ~ document ~ "'", clause="'" ~ document ~ "-fade'",
        subject="case when state.last_on < state.as_of then '渐退期满' when state.is_extended then '渐退期延长' else '渐退期' end",
        basis=month_text('state.first_month') ~ " || ';' || " ~ month_text('state.last_month'),
        measured_name="'assessed_income_per_capita'", measured_fen='state.assessed_income_per_capita_fen', threshold_name='state.dibao_line',
        threshold_fen='state.dibao_fen', threshold_region='state.dibao_region', due_on='state.last_on', department="'民政'",
        evidence="'人均核算收入 ' || " ~ yuan_said('state.assessed_income_per_capita_fen') ~ " || '，不低于低保标准 ' || "
            ~ yuan_said('state.dibao_fen') ~ " || '；渐退期 ' || " ~ month_text('state.first_month') ~ " || ' 至 ' || "
            ~ month_text('state.last_month') ~ " || case when state.is_extended then '，因家中有卧床、重残或重病成员延长' else '' end"
    ) }}
from judged as state
{%- endmacro %}
