-- FQ 低保线下脱贫户 (FQ-classes): lifted, and the net income per head of the named calendar year below the city's dibao line.
with judged as (
    select
        households.*,
        thresholds.net_income_line_fen,
        extract(year from windows.first_month) as year_no,
        sources.reference
    from {{ adopted_state('FQ') }} as households
    inner join {{ ref('int_threshold') }} as thresholds
        on households.as_of = thresholds.as_of and households.region_code = thresholds.region_code
    inner join {{ ref('int_window') }} as windows
        on households.as_of = windows.as_of and windows.income_window = 'net_income_year'
    inner join {{ ref('int_parameter_at') }} as sources
        on households.as_of = sources.as_of
            and households.region_code = sources.region_code
            and sources.clause = 'FQ-classes'
            and sources.parameter = 'net_income_line'
    where households.is_lifted and households.net_year_income_status <> '待定'
)

select
    {{ finding(
        rule="'class_fq_net_income_year'", kind="'class'", document="'FQ'", clause="'FQ-classes'", subject="'低保线下脱贫户'",
        basis="'net_income_' || cast(state.year_no as " ~ dbt.type_string() ~ ")",
        measured_name="'net_income_per_capita_' || cast(state.year_no as " ~ dbt.type_string() ~ ")",
        measured_fen='state.net_year_per_capita_fen',
        threshold_name="'低保线' || cast(" ~ whole_quotient('state.net_income_line_fen', 100) ~ " as " ~ dbt.type_string() ~ ")", threshold_fen='state.net_income_line_fen',
        threshold_region="substr(state.region_code, 1, 4)", threshold_reference='state.reference',
        evidence="cast(state.year_no as " ~ dbt.type_string() ~ ") || ' 年人均纯收入 ' || "
            ~ yuan_text('state.net_year_per_capita_fen') ~ " || ' 元，低于 ' || " ~ yuan_text('state.net_income_line_fen') ~ " || ' 元'"
    ) }}
from judged as state
where state.net_year_per_capita_fen < state.net_income_line_fen
