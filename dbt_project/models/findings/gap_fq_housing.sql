-- FQ-housing: monitored and 边缘 households, never registered poor, whose home is unsafe and for whom the ledger has no housing measure
-- that was not over when it was graded, and no payment was made.
with judged as (
    select objects.as_of, objects.household_no, objects.region_code, objects.called, homes.grade, homes.surveyed_on, homes._receipt, homes._row
    from {{ ref('int_document_object') }} as objects
    inner join {{ ref('int_home_at') }} as homes
        on objects.as_of = homes.as_of and objects.household_no = homes.household_no
    where objects.document = 'FQ'
        and not objects.is_registered_poor
        and homes.is_unsafe
        and not exists (
            select 1 from {{ ref('int_measure') }} as measures
            where measures.household_no = objects.household_no
                and measures.kind = '危房改造'
                and (measures.ended_on is null or measures.ended_on >= homes.surveyed_on)
        )
        and not exists (
            select 1 from {{ ref('int_aid_paid') }} as paid
            where paid.household_no = objects.household_no and paid.kind = '危房改造'
        )
)

select
    {{ finding(
        rule="'gap_fq_housing'", kind="'gap'", document="'FQ'", clause="'FQ-housing'", subject="'住房救助应享未享'", basis='state.grade',
        department="'住建'", unit='null',
        evidence="state.called || '，' || " ~ day_text('state.surveyed_on') ~ " || ' 住房鉴定为' || state.grade || '，未改造，未见住房保障措施'",
        source_receipt='state._receipt', source_row='state._row'
    ) }}
from judged as state
