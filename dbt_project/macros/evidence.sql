{# Pieces of the sentences that findings say. #}

{# A number, date or flag as text. #}
{% macro as_text(expression) -%}
    cast({{ expression }} as {{ dbt.type_string() }})
{%- endmacro %}

{# 2020-06-30 is 2020年6月30日. #}
{% macro day_text(day) -%}
    {{ as_text('extract(year from ' ~ day ~ ')') }} || '年' || {{ as_text('extract(month from ' ~ day ~ ')') }} || '月'
    || {{ as_text('extract(day from ' ~ day ~ ')') }} || '日'
{%- endmacro %}

{# A day in the quarter is 2020年第2季度. #}
{% macro quarter_text(day) -%}
    {{ as_text('extract(year from ' ~ day ~ ')') }} || '年第' || {{ as_text('extract(quarter from ' ~ day ~ ')') }} || '季度'
{%- endmacro %}

{# A sum of fen as 1234.56 元. #}
{% macro yuan_said(fen) -%}
    {{ yuan_text(fen) }} || ' 元'
{%- endmacro %}

{# Chinese words joined by 、 where their condition holds. #}
{% macro said_branches(conditions) -%}
    replace({{ branches(conditions) }}, ';', '、')
{%- endmacro %}
