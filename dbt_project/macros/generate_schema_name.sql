{# Schemas are called what the folder is called; on a Spark that others use too, with the night's own name in front. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ target.schema ~ '_' ~ custom_schema_name if target.type == 'spark' and custom_schema_name else custom_schema_name or target.schema }}
{%- endmacro %}
