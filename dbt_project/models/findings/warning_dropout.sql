-- A member who, by the latest term in the span, has dropped out of primary or junior middle school.
with judged as (
    select
        households.as_of,
        households.region_code,
        households.household_no,
        pupils.person_key,
        pupils.stage,
        pupils.status,
        pupils.term,
        pupils._receipt,
        pupils._row,
        row_number() over (partition by households.as_of, pupils.person_key order by pupils.term desc) as newest
    from {{ ref('stg_school_enrolment') }} as pupils
    inner join {{ ref('int_member_at') }} as members on pupils.person_key = members.person_key
    inner join {{ ref('int_household_at') }} as households
        on members.as_of = households.as_of and members.household_no = households.household_no
    inner join {{ ref('int_as_of') }} as days on households.as_of = days.as_of and days.is_day
    inner join {{ ref('int_window') }} as windows on days.as_of = windows.as_of and windows.income_window = 'current'
    where pupils.term between windows.first_month and days.as_of
)

select
    {{ finding(
        rule="'dropout'", kind="'warning'", clause="'warning'", document='null', subject="'义务教育阶段辍学'",
        person='state.person_key', basis='state.stage', department="'教育'", unit='null',
        evidence="state.stage || '阶段辍学'", source_receipt='state._receipt', source_row='state._row'
    ) }}
from judged as state
where state.newest = 1 and state.status = '辍学' and state.stage in ('小学', '初中')
