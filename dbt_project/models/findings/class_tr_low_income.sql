-- TR 低收入家庭 (TR-lowincome), and its severely disabled or gravely ill members without dibao as a household of one (单人保).
with judged as (
    select
        households.*,
        thresholds.low_income_multiple_text,
        {{ rounded_quotient('households.dibao_fen * thresholds.low_income_multiple_ppm', 1000000) }} as low_income_fen
    from {{ adopted_state('TR') }} as households
    inner join {{ ref('int_threshold') }} as thresholds
        on households.as_of = thresholds.as_of and households.region_code = thresholds.region_code
    where households.income_status <> '待定' and not households.is_on_dibao and not households.is_on_tekun
),

low_income as (
    select * from judged where assessed_income_per_capita_fen < low_income_fen
),

due_person as (
    select
        low_income.*,
        members.person_key,
        members.disability_level,
        members.health
    from low_income
    inner join {{ ref('int_member_at') }} as members
        on low_income.as_of = members.as_of and low_income.household_no = members.household_no
    where (members.disability_level in ('一级', '二级') or members.health = '患有大病')
        and not exists (
            select 1 from {{ ref('int_roster_at') }} as roster
            where roster.as_of = members.as_of
                and roster.person_key = members.person_key
                and roster.is_single_person
                and roster.category in ('农村低保', '城市低保')
        )
)

select
    {{ finding(
        rule="'class_tr_low_income'", kind="'class'", document="'TR'", clause="'TR-lowincome'",
        subject="'低收入家庭'", basis="'income'",
        measured_name="'assessed_income_per_capita'", measured_fen='state.assessed_income_per_capita_fen',
        threshold_name="state.dibao_line || 'x' || state.low_income_multiple_text", threshold_fen='state.low_income_fen',
        threshold_region='state.dibao_region', threshold_reference='state.dibao_document',
        evidence="'人均核算收入 ' || " ~ yuan_text('state.assessed_income_per_capita_fen') ~ " || ' 元，低于 '
            || " ~ yuan_text('state.low_income_fen') ~ " || ' 元'"
    ) }}
from low_income as state
union all
select
    {{ finding(
        rule="'class_tr_low_income'", kind="'class'", document="'TR'", clause="'TR-lowincome'",
        subject="'单人保应保未保'", person='state.person_key', department="'民政'",
        basis=branches([
            ("coalesce(state.disability_level in ('一级', '二级'), false)", 'severe_disability'),
            ("coalesce(state.health = '患有大病', false)", 'grave_illness'),
        ]),
        measured_name="'assessed_income_per_capita'", measured_fen='state.assessed_income_per_capita_fen',
        threshold_name="state.dibao_line || 'x' || state.low_income_multiple_text", threshold_fen='state.low_income_fen',
        threshold_region='state.dibao_region', threshold_reference='state.dibao_document',
        evidence="'低收入家庭成员'
            || case when state.disability_level in ('一级', '二级') then '，' || state.disability_level || '残疾' else '' end
            || case when state.health = '患有大病' then '，患有大病' else '' end || '，未按单人户纳入低保'"
    ) }}
from due_person as state
