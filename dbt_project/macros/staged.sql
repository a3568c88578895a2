{#
  The rows of a form that count: exact repeats of an earlier row left out, and of the rows with one key the latest:
  of the file received last, and inside one workbook of its last sheet, whatever the sheets are called.

  Few rows do not count: `stg_superseded` names them, and every other row is passed on as it is, straight from the lake.
#}
{% macro staged(form) -%}
select form_row.*
from {{ source('raw', form) }} as form_row
left join {{ ref('stg_superseded') }} as superseded
    on superseded.form = '{{ form }}'
        and form_row._receipt = superseded._receipt
        and form_row._row = superseded._row
        and form_row._sheet is not distinct from superseded._sheet
where superseded._row is null
{%- endmacro %}

{# The rows of a form that do not count. Files whose keys no other row can have are left alone: see `key_reach.py`. #}
{% macro superseded(form) -%}
    {%- set identity = ['_row_hash'] + (['_period'] if '_period' in form_keys()[form] else []) -%}
select '{{ form }}' as form, _receipt, _sheet, _row, repeat_rank > 1 as is_repeat
from (
    select
        first_seen.*,
        row_number() over (
            partition by {{ form_keys()[form] | join(', ') }}
            order by
                case when repeat_rank = 1 then 0 else 1 end nulls last,
                _received_rank desc nulls last, _sheet_place desc nulls last, _row desc nulls last
        ) as correction_rank
    from (
        select
            form_row.*,
            row_number() over (
                partition by {{ identity | join(', ') }} order by _received_rank nulls last, _sheet_place nulls first, _row nulls last
            ) as repeat_rank
        from {{ source('raw', form) }} as form_row
        inner join (
            select {{ row_key(form, 'keyed') }} as key_hash
            from {{ source('raw', form) }} as keyed
            where coalesce(keyed._may_repeat, true)
            group by {{ row_key(form, 'keyed') }}
            having count(*) > 1
        ) as several on {{ row_key(form, 'form_row') }} = several.key_hash
        where coalesce(form_row._may_repeat, true)
    ) as first_seen
) as corrected
where correction_rank > 1
{%- endmacro %}

{# Both sides have the same values, blank parts included. #}
{% macro same(columns, left, right) -%}
    {%- for column in columns -%}
    {{ left }}.{{ column }} is not distinct from {{ right }}.{{ column }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
