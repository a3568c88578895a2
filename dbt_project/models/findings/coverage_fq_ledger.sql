-- FQ-ledger: each monitored household's ledger, and which of its parts county, township and village still owe.
with judged as (
    select parts.*
    from {{ ref('int_file_part') }} as parts
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'FQ'
)

select
    {{ finding(
        rule="'coverage_fq_ledger'", kind="'coverage'", document="'FQ'", clause="'FQ-ledger'",
        subject="case when state.parts_held = state.parts_asked then '一户一档齐全' else '一户一档缺件' end",
        basis="case when state.parts_held = state.parts_asked then 'complete' else 'incomplete' end",
        measured_name="'parts_held'", measured='state.parts_held', threshold_name="'parts_asked'", threshold='state.parts_asked', unit="'项'",
        department="'乡镇'",
        evidence="'应有 ' || " ~ as_text('state.parts_asked') ~ " || ' 项，已有 ' || " ~ as_text('state.parts_held')
            ~ " || ' 项' || case when state.parts_missing = '' then '' else '，缺：' || state.parts_missing end",
        source_receipt='state._receipt', source_row='state._row'
    ) }}
from judged as state
