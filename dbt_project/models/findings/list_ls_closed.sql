-- LS-closed: opening + found - closed = open at the end, for D's quarter and for its year so far, as the register's report counts them.
with judged as (
    select
        flow.as_of,
        flow.period as basis,
        flow.first_day,
        flow.opening,
        flow.found,
        flow.closed,
        flow.open_now,
        run.county_region as region_code,
        cast(null as {{ dbt.type_string() }}) as household_no
    from {{ ref('int_register_flow') }} as flow
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'LS'
    cross join {{ source('raw', 'run') }} as run
    where flow.dimension = 'county' and flow.period in ('quarter', 'year')
)

select
    {{ finding(
        rule="'list_ls_closed'", kind="'list'", document="'LS'", clause="'LS-closed'", basis='state.basis', unit="'户'",
        subject="case when state.opening + state.found - state.closed = state.open_now then '建档销号相符' else '建档销号不符' end",
        measured_name="'open_at_end'", measured='state.open_now', threshold_name="'期初加发现减销号'",
        threshold='state.opening + state.found - state.closed', department="'乡村振兴'",
        evidence=day_text('state.first_day') ~ " || ' 以来：期初 ' || " ~ as_text('state.opening') ~ " || ' 户，发现建档 ' || "
            ~ as_text('state.found') ~ " || ' 户，脱贫销号 ' || " ~ as_text('state.closed') ~ " || ' 户，期末 ' || "
            ~ as_text('state.open_now') ~ " || ' 户'"
    ) }}
from judged as state
