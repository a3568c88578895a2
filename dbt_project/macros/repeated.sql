{# Exact repeats per receipt of a form: rows whose values an earlier row had already (for full lists and comparisons: of the period). #}
{% macro repeated(form, period=false) -%}
    {%- set identity = ['_row_hash'] + (['_period'] if period else []) -%}
select seen._receipt, count(*) as repeats
from (
    select
        form_row._receipt,
        row_number() over (
            partition by {{ identity | map('replace', '_', 'form_row._', 1) | join(', ') }}
            order by form_row._received_rank nulls last, form_row._sheet_place nulls first, form_row._row nulls last
        ) as repeat_rank
    from {{ source('raw', form) }} as form_row
    inner join (
        select {{ identity | join(', ') }}
        from {{ source('raw', form) }}
        group by {{ identity | join(', ') }}
        having count(*) > 1
    ) as several on {{ same(identity, 'form_row', 'several') }}
) as seen
where seen.repeat_rank > 1
group by seen._receipt
{%- endmacro %}
