{# The texts of a group in one, in a stated order. #}
{% macro joined_text(expression, order_by, separator=';') -%}
    {{ return(adapter.dispatch('joined_text')(expression, order_by, separator)) }}
{%- endmacro %}

{% macro default__joined_text(expression, order_by, separator) -%}
    string_agg({{ expression }}, '{{ separator }}' order by {{ order_by }})
{%- endmacro %}

{% macro spark__joined_text(expression, order_by, separator) -%}
    array_join(transform(array_sort(collect_list(struct({{ order_by }}, {{ expression }} as joined))), item -> item.joined), '{{ separator }}')
{%- endmacro %}
