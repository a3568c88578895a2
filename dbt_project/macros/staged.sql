{#
  The rows of a form that count: exact repeats of an earlier row left out, and of the rows with one key the latest.

  key     columns that identify a row
  period  true for full lists and register comparisons, which repeat and correct within the file's period only

  Few keys have more than one row, so only those are put in order; the rest are passed on as they are.
#}
{% macro staged(form, key, period=false) -%}
    {%- set within = ['_period'] if period else [] -%}
    {%- set identity = key + within -%}
with form_row as (
    select * from {{ source('raw', form) }}
),

several as (
    select {{ identity | join(', ') }}
    from form_row
    group by {{ identity | join(', ') }}
    having count(*) > 1
),

contested as (
    select form_row.*
    from form_row
    inner join several on {{ same(identity, 'form_row', 'several') }}
),

first_seen as (
    select
        contested.*,
        row_number() over (
            partition by {{ (['_row_hash'] + within) | join(', ') }} order by _received_rank, _sheet nulls first, _row
        ) as repeat_rank
    from contested
),

corrected as (
    select
        first_seen.*,
        row_number() over (
            partition by {{ identity | join(', ') }} order by _received_rank desc, _sheet desc nulls last, _row desc
        ) as correction_rank
    from first_seen
    where repeat_rank = 1
)

select form_row.*
from form_row
where not exists (select 1 from several where {{ same(identity, 'form_row', 'several') }})
union all
select form_row.*
from form_row
inner join corrected
    on form_row._receipt = corrected._receipt
        and form_row._row = corrected._row
        and form_row._sheet is not distinct from corrected._sheet
        and corrected.correction_rank = 1
{%- endmacro %}

{# Both sides have the same key, blank parts included. #}
{% macro same(columns, left, right) -%}
    {%- for column in columns -%}
    {{ left }}.{{ column }} is not distinct from {{ right }}.{{ column }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
