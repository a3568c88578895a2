-- A report of the household itself or of others in the span: by its number, else (a number on no list is none) by a member.
with lead_row as (
    select
        days.as_of,
        coalesce(households.household_no, members.household_no) as household_no,
        reports.channel,
        reports.reported_at,
        reports._receipt,
        reports._row
    from {{ ref('stg_public_report') }} as reports
    inner join {{ ref('int_as_of') }} as days
        on cast(reports.reported_at as date) <= days.as_of and days.is_day
    inner join {{ ref('int_window') }} as windows
        on days.as_of = windows.as_of
            and windows.income_window = 'current'
            and cast(reports.reported_at as date) >= windows.first_month
    left join {{ ref('int_household_at') }} as households
        on days.as_of = households.as_of and reports.household_no = households.household_no
    left join {{ ref('int_member_at') }} as members
        on days.as_of = members.as_of and reports.person_key = members.person_key
),

judged as (
    select
        lead_row.*,
        households.region_code,
        row_number() over (
            partition by lead_row.household_no order by lead_row.reported_at desc, lead_row._receipt nulls last, lead_row._row nulls last
        ) as newest
    from lead_row
    inner join {{ ref('int_household_at') }} as households
        on lead_row.as_of = households.as_of and lead_row.household_no = households.household_no
)

select
    {{ finding(
        rule="'public_report'", kind="'warning'", clause="'warning'", document='null', subject="'群众申报或社会监督线索'",
        basis='state.channel', unit='null', department="'12345热线与一键报贫'",
        evidence="cast(cast(state.reported_at as date) as " ~ dbt.type_string() ~ ") || ' ' || coalesce(state.channel, '线索') || '反映生活困难'",
        source_receipt='state._receipt', source_row='state._row'
    ) }}
from judged as state
where state.newest = 1
