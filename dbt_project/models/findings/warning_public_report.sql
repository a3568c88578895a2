-- A report of the household itself or of others in the span: the latest one.
with judged as (
    select
        leads.*,
        row_number() over (
            partition by leads.household_no order by leads.reported_at desc, leads._receipt nulls last, leads._row nulls last
        ) as newest
    from {{ ref('int_lead') }} as leads
)

select
    {{ finding(
        rule="'public_report'", kind="'warning'", clause="'warning'", document='null', subject="'群众申报或社会监督线索'",
        basis='state.channel', unit='null', department="'12345热线与一键报贫'",
        evidence="cast(state.reported_on as " ~ dbt.type_string() ~ ") || ' ' || coalesce(state.channel, '线索') || '反映生活困难'",
        happened_on='state.reported_on', source_receipt='state._receipt', source_row='state._row'
    ) }}
from judged as state
where state.newest = 1
