-- One row per household on D and kind of help that a payment, a settlement or the roster shows in the window: what was given is not
-- missing because the ledger of measures does not have it.
with day as (
    select as_of, first_month from {{ ref('int_day') }}
),

given as (
    select
        payments.person_key,
        case items.kind
            when '医疗救助金' then '医疗救助' when '临时救助金' then '临时救助' when '助学金' then '教育资助' else '危房改造'
        end as kind
    from {{ ref('stg_subsidy_payment') }} as payments
    inner join {{ ref('subsidy_item') }} as items on payments.item = items.item
    inner join day on payments.paid_on between day.first_month and day.as_of
    where items.kind in ('医疗救助金', '临时救助金', '助学金', '危房改造补助')
    union all
    select settlements.person_key, '医疗救助' as kind
    from {{ ref('stg_medical_settlement') }} as settlements
    inner join day on settlements.settled_on between day.first_month and day.as_of
    where settlements.aid_paid_fen > 0
    union all
    select roster.person_key, '临时救助' as kind
    from {{ ref('int_roster_month') }} as roster
    inner join day on roster.month between day.first_month and day.as_of
    where roster.category = '临时救助'
)

select distinct members.as_of, members.household_no, given.kind
from given
inner join {{ ref('int_member_at') }} as members on given.person_key = members.person_key
inner join day on members.as_of = day.as_of
