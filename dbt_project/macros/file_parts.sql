{# Which parts of a household's file are held and which are owed, of those that a document asks for. #}
{% macro file_parts(document, clause, rule) -%}
with judged as (
    select parts.*
    from {{ ref('int_file_part') }} as parts
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = '{{ document }}'
)

select
    {{ finding(
        rule="'" ~ rule ~ "'", kind="'coverage'", document="'" ~ document ~ "'", clause="'" ~ clause ~ "'",
        subject="case when state.parts_held = state.parts_asked then '一户一档齐全' else '一户一档缺件' end",
        basis="case when state.parts_held = state.parts_asked then 'complete' else 'incomplete' end",
        measured_name="'parts_held'", measured='state.parts_held', threshold_name="'parts_asked'", threshold='state.parts_asked', unit="'项'",
        department="'乡镇'",
        evidence="'应有 ' || " ~ as_text('state.parts_asked') ~ " || ' 项，已有 ' || " ~ as_text('state.parts_held')
            ~ " || ' 项' || case when state.parts_missing = '' then '' else '，缺：' || state.parts_missing end",
        source_receipt='state._receipt', source_row='state._row'
    ) }}
from judged as state
{%- endmacro %}
