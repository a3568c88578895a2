{#
  The rows of a form that count: exact repeats of an earlier row left out, and of the rows with one key the latest.

  key     columns that identify a row
  period  true for full lists and register comparisons, which repeat and correct within the file's period only
#}
{% macro staged(form, key, period=false) -%}
    {%- set within = ['_period'] if period else [] -%}
    {%- set order_up = '_received_rank, _sheet nulls first, _row' -%}
    {%- set order_down = '_received_rank desc, _sheet desc nulls last, _row desc' -%}
select * from (
    select
        first_seen.*,
        row_number() over (partition by {{ (key + within) | join(', ') }} order by {{ order_down }}) as _correction_rank
    from (
        select
            rows_in.*,
            row_number() over (partition by {{ (['_row_hash'] + within) | join(', ') }} order by {{ order_up }}) as _repeat_rank
        from {{ source('raw', form) }} as rows_in
    ) as first_seen
    where _repeat_rank = 1
) as corrected
where _correction_rank = 1
{%- endmacro %}
