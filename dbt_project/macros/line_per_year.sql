{# A line's amount as fen a year: a row says whether it is stated by month or by year. #}
{% macro line_per_year(alias) -%}
    case when {{ alias }}.unit = '元/月' then {{ alias }}.amount_fen * 12 else {{ alias }}.amount_fen end
{%- endmacro %}
