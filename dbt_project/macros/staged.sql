{#
  The rows of a form that count: exact repeats of an earlier row left out, and of the rows with one key the latest:
  of the file received last, and inside one workbook of its last sheet, whatever the sheets are called.

  Few keys have more than one row: `stg_contested` names the row that counts for each of those, and every other row is
  passed on as it is, straight from the lake.
#}
{% macro staged(form, key, period=false) -%}
select form_row.*
from {{ source('raw', form) }} as form_row
left join {{ ref('stg_contested') }} as contested
    on contested.form = '{{ form }}'
        and contested.key_hash = {{ row_key(key, period, 'form_row') }}
where contested.key_hash is null
    or (
        contested._receipt = form_row._receipt
        and contested._row = form_row._row
        and contested._sheet is not distinct from form_row._sheet
    )
{%- endmacro %}

{# The row that counts for each key of a form that has more than one row. #}
{% macro contested(form, key, period=false) -%}
    {%- set within = ['_period'] if period else [] -%}
select '{{ form }}' as form, key_hash, _receipt, _sheet, _row
from (
    select
        first_seen.*,
        row_number() over (
            partition by {{ (key + within) | join(', ') }} order by _received_rank desc, _sheet_place desc nulls last, _row desc
        ) as correction_rank
    from (
        select
            form_row.*,
            several.key_hash,
            row_number() over (
                partition by {{ (['_row_hash'] + within) | join(', ') }} order by _received_rank nulls last, _sheet_place nulls first, _row nulls last
            ) as repeat_rank
        from {{ source('raw', form) }} as form_row
        inner join (
            select {{ row_key(key, period, 'keyed') }} as key_hash
            from {{ source('raw', form) }} as keyed
            group by {{ row_key(key, period, 'keyed') }}
            having count(*) > 1
        ) as several on {{ row_key(key, period, 'form_row') }} = several.key_hash
    ) as first_seen
    where repeat_rank = 1
) as corrected
where correction_rank = 1
{%- endmacro %}

{# One number for the key of a row, blank parts included. Two keys may share a number; nothing rests on their not doing so. #}
{% macro row_key(key, period, alias) -%}
    {%- set parts = [] -%}
    {%- for column in key + (['_period'] if period else []) -%}{%- do parts.append(alias ~ '.' ~ column) -%}{%- endfor -%}
    {{ adapter.dispatch('hash_of')(parts | join(', ')) }}
{%- endmacro %}

{% macro default__hash_of(columns) -%}
    hash({{ columns }})
{%- endmacro %}

{% macro spark__hash_of(columns) -%}
    xxhash64({{ columns }})
{%- endmacro %}

{# Both sides have the same values, blank parts included. #}
{% macro same(columns, left, right) -%}
    {%- for column in columns -%}
    {{ left }}.{{ column }} is not distinct from {{ right }}.{{ column }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
