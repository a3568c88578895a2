-- LS-closed: opening + found - closed = open at the end, for D's quarter and for its year so far, over the latest register.
with life as (
    select
        monitored.as_of,
        monitored.household_no,
        monitored.identified_on as opened_on,
        case
            when monitored.is_monitored then null
            else least(coalesce(monitored.left_on, monitored.eliminated_on, monitored.as_of), monitored.as_of)
        end as closed_on
    from {{ ref('int_monitored') }} as monitored
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'LS'
    where not monitored.has_entry_case or monitored.entered_on is not null
),

period as (
    select as_of, 'quarter' as basis, quarter_first as first_day from {{ ref('int_day') }}
    union all
    select as_of, 'year' as basis, year_first as first_day from {{ ref('int_day') }}
),

counted as (
    select
        period.as_of,
        period.basis,
        period.first_day,
        count(case when life.opened_on < period.first_day and (life.closed_on is null or life.closed_on >= period.first_day) then 1 end)
            as opening,
        count(case when life.opened_on >= period.first_day then 1 end) as found,
        count(case when life.closed_on >= period.first_day then 1 end) as closed,
        count(case when life.household_no is not null and life.closed_on is null then 1 end) as open_now
    from period
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'LS'
    left join life on period.as_of = life.as_of
    group by period.as_of, period.basis, period.first_day
),

judged as (
    select
        counted.*,
        run.county_region as region_code,
        cast(null as {{ dbt.type_string() }}) as household_no
    from counted
    cross join {{ source('raw', 'run') }} as run
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
