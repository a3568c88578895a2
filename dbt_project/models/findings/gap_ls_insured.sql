-- LS-insured: members of households in difficulty for whom the ledger has no aid to their own part of medical insurance this year. The
-- part is collected in the last months of the year before, and aid may say until when it holds.
with aided as (
    select distinct measures.household_no, measures.person_key
    from {{ ref('int_measure') }} as measures
    inner join {{ ref('int_day') }} as day on measures.as_of = day.as_of
    inner join {{ ref('int_finding_threshold') }} as thresholds
        on measures.as_of = thresholds.as_of and measures.region_code = thresholds.region_code
    where (
        measures.started_on >= {{ add_months('day.year_first', '-thresholds.insured_ahead_months') }}
        or measures.ended_on >= day.year_first
    )
    and exists (
        select 1 from {{ ref('measure_word') }} as words
        where words.topic = 'insured'
            and measures.measure like '%' || words.word || '%'
            and (words.kind is null or words.kind = measures.kind)
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
            where aided.person_key = members.person_key
                or (aided.person_key is null and aided.household_no = objects.household_no)
        )
)

select
    {{ finding(
        rule="'gap_ls_insured'", kind="'gap'", document="'LS'", clause="'LS-insured'", subject="'参保个人缴费未见补助'", basis="'not_aided'",
        person='state.person_key', department="'医保'", unit='null',
        evidence="state.called || '成员，' || " ~ as_text('state.year_no') ~ " || ' 年未见基本医疗保险个人缴费补助'"
    ) }}
from judged as state
