{# A share or multiple for the risk scorer: a floating number, never money; nothing over zero is unknown. #}
{% macro ratio(numerator, denominator) -%}
    (cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0))
{%- endmacro %}

{# A feature whose feed is missing is unknown, not nothing. #}
{% macro from_feed(feed, expression) -%}
    case when feeds.{{ feed }}_missing = 0 then {{ expression }} end
{%- endmacro %}
