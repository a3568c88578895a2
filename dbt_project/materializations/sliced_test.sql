{# A test whose query says `in_slice` and that is configured with `sliced` is asked for a range of households at a time. #}
{% materialization test, adapter='duckdb' -%}
    {%- set slices = slices_of(config) -%}
    {%- set found = [] -%}
    {%- for slice in slices -%}
        {%- do run_query('set variable first_household = ' ~ slice[0] ~ '; set variable last_household = ' ~ slice[1]) -%}
        {%- do found.append(run_query('select ' ~ config.get('fail_calc') ~ ' from (' ~ sql ~ ') as failing').rows[0][0]) -%}
    {%- endfor -%}
    {%- if slices -%}
        {%- do run_query('reset variable first_household; reset variable last_household') -%}
    {%- endif -%}
    {%- set counted = 'select ' ~ found | sum ~ ' as failures' if slices else sql -%}
    {%- call statement('main', fetch_result=True) -%}
        {{ get_test_sql(counted, 'max(failures)' if slices else config.get('fail_calc'), config.get('warn_if'), config.get('error_if'), none) }}
    {%- endcall -%}
    {{ return({'relations': []}) }}
{%- endmaterialization %}
