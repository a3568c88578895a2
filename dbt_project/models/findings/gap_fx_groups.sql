-- FX-groups: members of dibao households who are old, under age, severely disabled, gravely ill or veterans, and are not recorded in
-- a higher class.
-- Where no day of birth is known, a rural pension payment shows the old, and the compulsory stage of school the young.
with pensioner as (
    select distinct payments.person_key
    from {{ ref('stg_pension_payment') }} as payments
    inner join {{ ref('int_day') }} as day on payments.month between day.first_month and day.as_of
    where payments.basic_pension_fen > 0
),

recorded as (
    select distinct measures.household_no, measures.person_key
    from {{ ref('int_measure') }} as measures
    where exists (
        select 1 from {{ ref('measure_word') }} as words
        where words.topic = 'higher_class' and measures.measure like '%' || words.word || '%'
    )
),

dibao_member as (
    select
        members.*,
        states.region_code,
        {{ full_years('members.born_on', 'members.as_of') }} as age,
        pensioner.person_key is not null as has_pension,
        coalesce(pupils.is_compulsory or pupils.stage = '学前', false) as is_young_pupil,
        thresholds.old_age,
        thresholds.minor_age
    from {{ adopted_state('FX') }} as states
    inner join {{ ref('int_member_at') }} as members
        on states.as_of = members.as_of and states.household_no = members.household_no
    inner join {{ ref('int_finding_threshold') }} as thresholds
        on states.as_of = thresholds.as_of and states.region_code = thresholds.region_code
    left join pensioner on members.person_key = pensioner.person_key
    left join {{ ref('int_pupil') }} as pupils on members.person_key = pupils.person_key
    where states.has_any_dibao
),

judged as (
    select
        dibao_member.*,
        coalesce(age >= old_age, has_pension) as is_old,
        coalesce(age < minor_age, is_young_pupil) as is_minor,
        coalesce(disability_level in ('一级', '二级'), false) as is_severe,
        coalesce(health = '患有大病', false) as is_ill
    from dibao_member
    where not exists (
        select 1 from recorded
        where recorded.household_no = dibao_member.household_no
            and (recorded.person_key is null or recorded.person_key = dibao_member.person_key)
    )
)

select
    {{ finding(
        rule="'gap_fx_groups'", kind="'gap'", document="'FX'", clause="'FX-groups'", subject="'分类施保未落实'", person='state.person_key',
        basis=branches([
            ('state.is_old', 'old'), ('state.is_minor', 'minor'), ('state.is_severe', 'severe_disability'),
            ('state.is_ill', 'grave_illness'), ('state.is_veteran', 'veteran'),
        ]),
        department="'民政'", unit='null',
        evidence="'低保家庭成员：' || " ~ said_branches([
            ('state.is_old', '老年人'), ('state.is_minor', '未成年人'), ('state.is_severe', '重度残疾人'),
            ('state.is_ill', '重病患者'), ('state.is_veteran', '优抚对象'),
        ]) ~ " || '，未见分类施保记录'"
    ) }}
from judged as state
where state.is_old or state.is_minor or state.is_severe or state.is_ill or state.is_veteran
