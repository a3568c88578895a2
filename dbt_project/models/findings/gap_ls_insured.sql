-- LS-insured: members of households in difficulty for whom the ledger has no aid to their own part of medical insurance this year.
with aided as (
    select distinct measures.household_no, measures.person_key
    from {{ ref('int_measure') }} as measures
    inner join {{ ref('int_day') }} as day on measures.started_on >= day.year_first
    where exists (
        select 1 from {{ ref('measure_word') }} as words
        where words.topic = 'insured' and measures.measure like '%' || words.word || '%'
    )
),

judged as (
    select objects.as_of, objects.household_no, objects.region_code, objects.called, members.person_key, extract(year from objects.as_of) as year_no
    from {{ ref('int_document_object') }} as objects
    inner join {{ ref('int_member_at') }} as members
        on objects.as_of = members.as_of and objects.household_no = members.household_no
    where objects.document = 'LS'
        and not exists (
            select 1 from aided
            where aided.household_no = objects.household_no
                and (aided.person_key is null or aided.person_key = members.person_key)
        )
)

select
    {{ finding(
        rule="'gap_ls_insured'", kind="'gap'", document="'LS'", clause="'LS-insured'", subject="'参保个人缴费未见补助'", basis="'not_aided'",
        person='state.person_key', department="'医保'", unit='null',
        evidence="state.called || '成员，' || " ~ as_text('state.year_no') ~ " || ' 年未见基本医疗保险个人缴费补助'"
    ) }}
from judged as state
