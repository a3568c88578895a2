{{ config(materialized='view') }}
-- One row per record of a department about a person: the month it belongs to and its amounts in fen.
with subsidy as (
    select
        payments.person_key,
        {{ month_start('payments.paid_on') }} as month,
        coalesce(items.kind, '其他') as kind,
        payments.amount_fen
    from {{ ref('stg_subsidy_payment') }} as payments
    left join {{ ref('subsidy_item') }} as items on payments.item = items.item
),

excluded_kind as (
    select distinct exclusions.kind
    from {{ ref('assessed_income_exclusion') }} as exclusions
    inner join {{ source('raw', 'county_document') }} as adopted on exclusions.document = adopted.document
    cross join {{ source('raw', 'run') }} as run
    where exclusions.effective_from <= run.as_of
        and (exclusions.effective_to is null or exclusions.effective_to >= run.as_of)
)

select
    person_key, month, 'wage' as source,
    coalesce(wage_fen, 0) as wage_fen, case when wage_fen is null then 0 else 1 end as wage_rows,
    0 as basic_pension_fen, 0 as account_pension_fen,
    0 as dibao_paid_fen, 0 as tekun_paid_fen, 0 as dibao_listed_fen, 0 as tekun_listed_fen,
    0 as other_transfer_fen, 0 as other_excluded_fen, 0 as medical_fen, 0 as schooling_fen
from {{ ref('stg_employment') }}
union all
select
    person_key, month, 'pension' as source,
    0, 0, coalesce(basic_pension_fen, 0), coalesce(account_pension_fen, 0), 0, 0, 0, 0, 0, 0, 0, 0
from {{ ref('stg_pension_payment') }}
union all
select
    subsidy.person_key, subsidy.month, 'subsidy' as source,
    0, 0, 0, 0,
    case when kinds.set_off_with_roster = '低保金' then subsidy.amount_fen else 0 end,
    case when kinds.set_off_with_roster = '特困供养金' then subsidy.amount_fen else 0 end,
    0, 0,
    case when kinds.set_off_with_roster is null then subsidy.amount_fen else 0 end,
    case when kinds.set_off_with_roster is null and excluded_kind.kind is not null then subsidy.amount_fen else 0 end,
    0, 0
from subsidy
inner join {{ ref('subsidy_kind') }} as kinds on subsidy.kind = kinds.kind
left join excluded_kind on subsidy.kind = excluded_kind.kind
where kinds.is_income
union all
select
    roster.person_key, roster.month, 'roster' as source,
    0, 0, 0, 0, 0, 0,
    case when kinds.set_off_with_roster = '低保金' then roster.amount_fen else 0 end,
    case when kinds.set_off_with_roster = '特困供养金' then roster.amount_fen else 0 end,
    case when kinds.set_off_with_roster is null then roster.amount_fen else 0 end,
    case when kinds.set_off_with_roster is null and excluded_kind.kind is not null then roster.amount_fen else 0 end,
    0, 0
from {{ ref('int_roster_month') }} as roster
inner join {{ ref('subsidy_kind') }} as kinds on roster.kind = kinds.kind
left join excluded_kind on roster.kind = excluded_kind.kind
union all
select
    person_key, {{ month_start('settled_on') }} as month, 'medical' as source,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, coalesce(self_total_fen, 0), 0
from {{ ref('stg_medical_settlement') }}
union all
select
    person_key, term as month, 'schooling' as source,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, greatest(coalesce(fees_fen, 0) - coalesce(aid_fen, 0), 0)
from {{ ref('stg_school_enrolment') }}
