{# What only Spark needs told: where a night's raw rows and tables lie, and how a seed's rows are put in. #}

{# The statements that make the raw tables over the night's Parquet files; DuckDB's file has them already. #}
{% macro register_raw() -%}
    {%- if execute -%}
        {%- for statement in fromjson(env_var('SHOUWANG_RAW_TABLES', '[]')) -%}{%- do run_query(statement) -%}{%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{# Tables lie in the night's own folder, which every executor and the night itself must reach under the same path. #}
{% macro spark__create_schema(relation) -%}
    {%- call statement('create_schema') -%}
        create schema if not exists {{ relation }} location '{{ env_var('SHOUWANG_SPARK_TABLES', 'spark') }}/{{ relation.schema }}'
    {%- endcall -%}
{%- endmacro %}

{# A seed's rows, which the night has laid down as Parquet: dbt-spark's own way writes them into one long statement, and a
   blank as the word None. #}
{% macro spark__load_csv_rows(model, agate_table) -%}
    {%- set types = model['config'].get('column_types', {}) -%}
    {%- set statement -%}
        insert into {{ this.render() }}
        select
            {%- for column in agate_table.column_names %}
            cast({{ column }} as {{ types.get(column, adapter.convert_type(agate_table, loop.index0)) }}) as {{ column }}{{ ',' if not loop.last }}
            {%- endfor %}
        from parquet.`{{ env_var('SHOUWANG_SPARK_TABLES', 'spark') }}/seeds/{{ model['name'] }}`
    {%- endset -%}
    {%- do adapter.add_query(statement) -%}
    {{ return(statement) }}
{%- endmacro %}
