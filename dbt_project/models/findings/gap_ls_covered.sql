-- LS-covered: eligible without dibao (应保未保); on dibao with less than the difference to the line, or disabled without the allowance (应补未补);
-- on dibao without being eligible any longer (应退未退).
with listed as (
    select
        as_of,
        household_no,
        cast(sum(coalesce(monthly_amount_fen, 0)) as bigint) as monthly_fen,
        count(monthly_amount_fen) as stated
    from {{ ref('int_roster_at') }}
    where category in ('农村低保', '城市低保') and not is_single_person
    group by as_of, household_no
),

-- Dibao is due to those of the household whom 特困 does not keep.
kept as (
    select as_of, household_no, count(distinct person_key) as members
    from {{ ref('int_roster_at') }}
    where category = '特困供养'
    group by as_of, household_no
),

paid as (
    select
        payments.person_key,
        max(case when items.kind = '残疾人生活补贴' then 1 else 0 end) as living,
        max(case when items.kind = '残疾人护理补贴' then 1 else 0 end) as nursing
    from {{ ref('stg_subsidy_payment') }} as payments
    inner join {{ ref('subsidy_item') }} as items on payments.item = items.item
    inner join {{ ref('int_day') }} as day on payments.paid_on between day.first_month and day.as_of
    where items.kind in ('残疾人生活补贴', '残疾人护理补贴')
    group by payments.person_key
),

allowance as (
    select
        members.as_of,
        members.household_no,
        members.person_key,
        members.disability_level,
        coalesce(members.living_subsidy, false) or coalesce(paid.living, 0) = 1 as has_living,
        coalesce(members.nursing_subsidy, false) or coalesce(paid.nursing, 0) = 1 as has_nursing,
        coalesce(members.disability_level in ('一级', '二级'), false) as is_severe
    from {{ ref('int_member_at') }} as members
    left join paid on members.person_key = paid.person_key
    where members.is_disabled
),

household as (
    select
        states.*,
        coalesce(listed.monthly_fen, 0) as monthly_fen,
        coalesce(listed.stated, 0) as stated,
        {{ rounded_quotient('(states.dibao_fen - greatest(states.assessed_income_per_capita_fen, 0)) * (states.members - coalesce(kept.members, 0))', 12) }} as due_fen
    from {{ adopted_state('LS') }} as states
    left join listed on states.as_of = listed.as_of and states.household_no = listed.household_no
    left join kept on states.as_of = kept.as_of and states.household_no = kept.household_no
),

judged as (
    select
        household.*, cast(null as {{ dbt.type_string() }}) as person_key, '应保未保' as subject, 'eligible_without_dibao' as basis,
        cast(null as bigint) as short_fen, '民政' as department,
        '人均核算收入 ' || {{ yuan_said('assessed_income_per_capita_fen') }} || '，低于' || dibao_line || ' ' || {{ yuan_said('dibao_fen') }}
        || '，未享受低保或特困供养' as evidence
    from household
    where is_potential_dibao
    union all
    select
        household.*, null as person_key, '应退未退' as subject, 'on_dibao_not_eligible' as basis,
        null as short_fen, '民政' as department,
        '低保户人均核算收入 ' || {{ yuan_said('assessed_income_per_capita_fen') }} || '，' || dibao_line || ' ' || {{ yuan_said('dibao_fen') }}
        || case when has_excluding_property then '；核对发现不予低保的财产' else '' end as evidence
    from household
    where is_on_dibao
        and dibao_result = 'fail'
        and not exists (
            select 1 from {{ ref('int_fade_out') }} as fades
            where fades.household_no = household.household_no and last_day(fades.last_month) >= household.as_of
        )
    union all
    select
        household.*, null as person_key, '应补未补' as subject, 'difference_not_met' as basis,
        due_fen - monthly_fen as short_fen, '民政' as department,
        '按补差每月应补 ' || {{ yuan_said('due_fen') }} || '，名册月保障金额 ' || {{ yuan_said('monthly_fen') }} as evidence
    from household
    where is_on_dibao and dibao_result = 'pass' and income_status = '完整' and stated > 0 and monthly_fen < due_fen
    union all
    select
        household.*, allowance.person_key, '应补未补' as subject, 'allowance_missing' as basis,
        null as short_fen, '残联' as department,
        case when household.is_on_dibao then '低保户' else '特困户' end || '持证残疾人（' || coalesce(allowance.disability_level, '等级未填')
        || '），未见'
        || case
            when not allowance.has_living and allowance.is_severe and not allowance.has_nursing then '困难残疾人生活补贴和重度残疾人护理补贴'
            when not allowance.has_living then '困难残疾人生活补贴'
            else '重度残疾人护理补贴'
        end as evidence
    from household
    inner join allowance on household.as_of = allowance.as_of and household.household_no = allowance.household_no
    where (household.is_on_dibao or household.is_on_tekun)
        and (not allowance.has_living or (allowance.is_severe and not allowance.has_nursing))
)

select
    {{ finding(
        rule="'gap_ls_covered'", kind="'gap'", document="'LS'", clause="'LS-covered'", subject='state.subject', basis='state.basis',
        person='state.person_key', measured_name="'assessed_income_per_capita'", measured_fen='state.assessed_income_per_capita_fen',
        threshold_name='state.dibao_line', threshold_fen='state.dibao_fen', threshold_region='state.dibao_region',
        threshold_reference='state.dibao_document', amount_due_fen='state.short_fen', department='state.department', evidence='state.evidence'
    ) }}
from judged as state
