{# Households whose centrally fixed basic pension was left out of assessed income under a document's pension clause (FX-pension, TR-pension). #}
{% macro basic_pension_left_out(document) -%}
with judged as (
    select
        states.*,
        incomes.excluded_pension_fen,
        {{ rounded_quotient('incomes.assessed_income_fen + incomes.excluded_pension_fen', 'incomes.members') }} as with_pension_fen
    from {{ adopted_state(document) }} as states
    inner join {{ ref('int_household_income') }} as incomes
        on states.as_of = incomes.as_of and states.household_no = incomes.household_no and incomes.income_window = 'current'
    where incomes.excluded_pension_fen > 0
)

select
    {{ finding(
        rule="'list_" ~ document.lower() ~ "_pension'", kind="'list'", document="'" ~ document ~ "'", clause="'" ~ document ~ "-pension'", subject="'基础养老金不计入核算收入'",
        basis="case when state.income_status = '待定' then 'income_unknown'
            when state.assessed_income_per_capita_fen < state.dibao_fen and state.with_pension_fen >= state.dibao_fen then 'decides_dibao'
            else 'excluded' end",
        measured_name="'basic_pension_excluded'", measured_fen='state.excluded_pension_fen', threshold_name='state.dibao_line',
        threshold_fen='state.dibao_fen', threshold_region='state.dibao_region', department="'民政'",
        evidence="'近12个月不计入基础养老金 ' || " ~ yuan_said('state.excluded_pension_fen') ~ " || '；人均核算收入计入时 '
            || " ~ yuan_said('state.with_pension_fen') ~ " || '，不计入时 ' || " ~ yuan_said('state.assessed_income_per_capita_fen')
    ) }}
from judged as state
{%- endmacro %}
