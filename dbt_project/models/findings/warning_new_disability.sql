-- A certificate of first or second grade issued to a member in the span.
with span as (
    select windows.as_of, windows.first_month
    from {{ ref('int_window') }} as windows
    inner join {{ ref('int_as_of') }} as days on windows.as_of = days.as_of and days.is_day
    where windows.income_window = 'current'
),

latest as (
    select span.as_of, span.first_month, max(registers.period) as period
    from span
    inner join {{ ref('int_list_period') }} as registers
        on registers.form = 'disability_register' and registers.period <= span.as_of
    group by span.as_of, span.first_month
),

judged as (
    select
        households.as_of,
        households.region_code,
        households.household_no,
        register.person_key,
        register.level,
        register.certified_on,
        register._receipt,
        register._row
    from latest
    inner join {{ ref('stg_disability_register') }} as register
        on latest.period = register._period and register.certified_on between latest.first_month and latest.as_of
    inner join {{ ref('int_member_at') }} as members
        on latest.as_of = members.as_of and register.person_key = members.person_key
    inner join {{ ref('int_household_at') }} as households
        on members.as_of = households.as_of and members.household_no = households.household_no
    where register.level in ('一级', '二级')
)

select
    {{ finding(
        rule="'new_disability'", kind="'warning'", clause="'warning'", document='null', subject="'新增重度残疾'",
        person='state.person_key', basis='state.level', department="'残联'", unit='null',
        evidence="cast(state.certified_on as " ~ dbt.type_string() ~ ") || ' 新发' || state.level || '残疾人证'",
        happened_on='state.certified_on', source_receipt='state._receipt', source_row='state._row'
    ) }}
from judged as state
