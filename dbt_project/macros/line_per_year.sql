{# A line's amount as fen a year: a row says whether it is stated by month or by year; nobody guesses where it does not. #}
{% macro line_per_year(alias) -%}
    case {{ alias }}.unit when '元/月' then {{ alias }}.amount_fen * 12 when '元/年' then {{ alias }}.amount_fen end
{%- endmacro %}
