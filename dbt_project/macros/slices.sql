{#
  A model over every quarter of every household holds some kilobytes a household while it is worked out: more than memory
  where a province lies in one home. Configured with `sliced`, the bytes that a household takes, a model or test is worked
  out for a range of households at a time, each
  as large as memory allows; the tables it stands on say with `in_slice` which rows of theirs belong to the range.
#}
{% macro in_slice(household_id) -%}
    {{ return(adapter.dispatch('in_slice')(household_id)) }}
{%- endmacro %}

{% macro default__in_slice(household_id) -%}
    (getvariable('first_household') is null or {{ household_id }} between getvariable('first_household') and getvariable('last_household'))
{%- endmacro %}

{% macro spark__in_slice(household_id) -%}
    true
{%- endmacro %}

{# The ranges of household_id of tonight's households: one row of first and last for each slice, none
   where one would do. #}
{% macro household_slices(bytes_per_household) -%}
    select cast(slice * width + 1 as bigint) as first_household, cast((slice + 1) * width as bigint) as last_household
    from (
        select ceil(max(household_id) / slices.number) as width, slices.number
        from {{ ref('int_household_at') }}
        cross join (
            select
                ceil(count(*) * {{ bytes_per_household }} / {{ var('slice_memory', "parse_formatted_bytes(current_setting('memory_limit'))") }}) as number
            from {{ ref('int_household_at') }}
        ) as slices
        group by slices.number
    ) as widths
    cross join range(cast(widths.number as bigint)) as places(slice)
    where widths.number > 1
    order by slice
{%- endmacro %}

{# The ranges of households that a model or test is worked out for, one after another; none where it is all at once. #}
{% macro slices_of(config) -%}
    {{ return(run_query(household_slices(config.get('sliced'))).rows if config.get('sliced') else []) }}
{%- endmacro %}
