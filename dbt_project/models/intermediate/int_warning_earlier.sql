-- One row per warning handed out before D. An earlier system's number, known only by its verdict, counts too: its
-- household and day are in the number, its reasons are not known.
with earlier as (
    select warning_no, household_no, issued_on, due_on, rule_ids, is_open, closed_on, close_cause, true as is_own
    from {{ source('raw', 'ledger_warning') }}
    union all
    select
        verdicts.warning_no,
        substr(verdicts.warning_no, 3, length(verdicts.warning_no) - 11) as household_no,
        calendar.day as issued_on,
        cast(null as date) as due_on,
        cast(null as {{ dbt.type_string() }}) as rule_ids,
        false as is_open,
        cast(null as date) as closed_on,
        cast(null as {{ dbt.type_string() }}) as close_cause,
        false as is_own
    from {{ ref('int_warning_verdict') }} as verdicts
    inner join {{ ref('working_day') }} as calendar
        on verdicts.warning_no like 'YJ%-________'
            and substr(verdicts.warning_no, length(verdicts.warning_no) - 7, 8) = replace(cast(calendar.day as {{ dbt.type_string() }}), '-', '')
    where not exists (
        select 1 from {{ source('raw', 'ledger_warning') }} as own
        where own.warning_no = verdicts.warning_no
    )
)

select
    earlier.*,
    verdicts.verified_on,
    verdicts.verdict,
    verdicts.is_true,
    coalesce(verdicts.is_silencing, false) as is_silencing,
    -- Handed out while the household was monitored, or before: its change notice is no warning of one that has left.
    coalesce(gone.left_on >= earlier.issued_on, false) as has_left_since,
    row_number() over (
        partition by earlier.household_no
        order by case when earlier.is_open then 0 else 1 end nulls last, earlier.issued_on desc, earlier.warning_no desc
    ) as newest
from earlier
left join {{ ref('int_warning_verdict') }} as verdicts on earlier.warning_no = verdicts.warning_no
left join {{ ref('int_left') }} as gone on earlier.household_no = gone.household_no
