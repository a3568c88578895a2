{#
  How a table or view of a night is written on DuckDB. A night's file is new, so there is no older relation that readers
  use meanwhile: no swap under another name and no backup, which for some two hundred small models cost more than their
  rows. Comments are said with the relation, in one round. A relation left from an earlier build of the same file goes first.
#}
{% materialization table, adapter='duckdb' -%}
    {%- set relation = this.incorporate(type='table') -%}
    {%- do drop_relation_if_exists(load_cached_relation(this)) -%}
    {%- set slices = slices_of(config) -%}
    {%- call statement('main') -%}
        {%- for slice in slices %}
        set variable first_household = {{ slice[0] }};
        set variable last_household = {{ slice[1] }};
        {% if loop.first %}{{ create_table_as(false, relation, compiled_code) }}{% else %}insert into {{ relation }} {{ compiled_code }};{% endif %}
        {%- else %}
        {{ create_table_as(false, relation, compiled_code) }}
        {%- endfor %}
        {%- if slices %}
        reset variable first_household;
        reset variable last_household;
        {%- endif %}
        {{ key_checked(relation) }}
        {{ said_of(relation) }}
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [relation]}) }}
{%- endmaterialization %}

{% materialization view, adapter='duckdb' -%}
    {%- set relation = this.incorporate(type='view') -%}
    {%- do drop_relation_if_exists(load_cached_relation(this)) -%}
    {%- call statement('main') -%}
        {{ get_create_view_as_sql(relation, compiled_code) }}
        {{ said_of(relation) }}
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [relation]}) }}
{%- endmaterialization %}

{# The columns of a contract. Its primary key is no part of them: see `key_checked`. #}
{% macro duckdb__get_table_columns_and_constraints() -%}
    ({{ adapter.render_raw_columns_constraints(raw_columns=model['columns']) | join(', ') }})
{%- endmacro %}

{#
  A contract's primary key, looked for once in the finished table. As a constraint it would be an index, which takes more
  time than the table itself and, for the people of a province, all of the memory.
#}
{% macro key_checked(relation) -%}
    {%- for constraint in model.constraints if constraint.type == 'primary_key' %}
        select error('{{ relation.identifier }}: several rows have one key ({{ constraint.columns | join(', ') }})')
        from (select 1 as one from {{ relation }} group by {{ constraint.columns | join(', ') }} having count(*) > 1 limit 1) as repeated;
    {%- endfor -%}
{%- endmacro %}

{# The comments of the model being written: its own, and its columns' where it tells them. #}
{% macro said_of(relation) -%}
    {%- if config.persist_relation_docs() and model.description %}
        {{ alter_relation_comment(relation, model.description) }}
    {%- endif %}
    {%- if config.persist_column_docs() -%}
        {%- for column in model.columns.values() %}
        comment on column {{ relation }}.{{ column.name }} is {{ duckdb_escape_comment(column.description) }};
        {%- endfor %}
    {%- endif %}
{%- endmacro %}
