-- TR-nolabour: lifted people with no or partial labour ability in households without stable income from work, not in dibao or 特困 (漏保);
-- and households on dibao by the register that pass neither the test nor are in fade-out (错保).
with stable as (
    select household_no, max(months_in_work) as months_in_work
    from {{ ref('int_member_work') }}
    group by household_no
),

-- Fewer months of the ledger than make work stable say of nobody that his is not.
told as (
    select count(distinct jobs.month) as months
    from {{ ref('stg_employment') }} as jobs
    inner join {{ ref('int_day') }} as day on jobs.month between day.first_month and day.last_month
),

judged as (
    select
        states.*,
        members.person_key,
        '兜底保障漏保' as subject,
        'not_covered' as basis,
        '脱贫人口（' || members.labour_ability || '），全家近12个月稳定就业不足 ' || {{ as_text('thresholds.stable_work_months') }}
        || ' 个月，未纳入低保或特困；人均核算收入 ' || {{ yuan_said('states.assessed_income_per_capita_fen') }} || '，'
        || case states.dibao_result when 'pass' then '符合低保条件' when 'fail' then '请核定是否符合低保条件' else '收入待定' end as evidence
    from {{ adopted_state('TR') }} as states
    inner join {{ ref('int_finding_threshold') }} as thresholds
        on states.as_of = thresholds.as_of and states.region_code = thresholds.region_code
    inner join stable on states.household_no = stable.household_no and stable.months_in_work < thresholds.stable_work_months
    inner join told on told.months >= thresholds.stable_work_months
    inner join {{ ref('int_household_income') }} as incomes
        on states.as_of = incomes.as_of and states.household_no = incomes.household_no and incomes.income_window = 'current'
    inner join {{ ref('int_member_at') }} as members
        on states.as_of = members.as_of and states.household_no = members.household_no
    where states.is_lifted
        and incomes.net_business_fen <= 0
        and members.labour_ability in ('丧失劳动力', '无劳动力', '弱劳动力或半劳动力')
        and not states.is_on_dibao
        and not states.is_on_tekun
        and not exists (
            select 1 from {{ ref('int_roster_at') }} as roster
            where roster.as_of = members.as_of
                and roster.person_key = members.person_key
                and roster.category in ('农村低保', '城市低保', '特困供养')
        )
    union all
    select
        states.*,
        cast(null as {{ dbt.type_string() }}) as person_key,
        '兜底保障错保' as subject,
        'covered_without_cause' as basis,
        '低保户人均核算收入 ' || {{ yuan_said('states.assessed_income_per_capita_fen') }} || '，' || states.dibao_line || ' '
        || {{ yuan_said('states.dibao_fen') }}
        || case when states.has_excluding_property then '，核对发现不予低保的财产' else '，渐退期已满' end as evidence
    from {{ adopted_state('TR') }} as states
    where states.is_on_dibao
        and states.dibao_result = 'fail'
        and (
            states.has_excluding_property
            or exists (
                select 1 from {{ ref('int_fade_out') }} as fades
                where fades.household_no = states.household_no
                    and fades.document = 'TR'
                    and last_day(fades.last_month) < states.as_of
            )
        )
)

select
    {{ finding(
        rule="'gap_tr_nolabour'", kind="'gap'", document="'TR'", clause="'TR-nolabour'", subject='state.subject', basis='state.basis',
        person='state.person_key', measured_name="'assessed_income_per_capita'", measured_fen='state.assessed_income_per_capita_fen',
        threshold_name='state.dibao_line', threshold_fen='state.dibao_fen', threshold_region='state.dibao_region', department="'民政'",
        evidence='state.evidence'
    ) }}
from judged as state
