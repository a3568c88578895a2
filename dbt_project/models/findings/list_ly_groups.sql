-- LY-groups: households not registered poor that are one of the four groups to be watched closely, one row for each.
with flagged as (
    select
        households.*,
        disabled.disabled_members,
        disabled.disabled_levels
    from {{ adopted_state('LY') }} as households
    left join (
        select
            as_of,
            household_no,
            count(*) as disabled_members,
            {{ joined_text("coalesce(disability_level, '等级未填')", "coalesce(disability_level, '等级未填')", '、') }} as disabled_levels
        from {{ ref('int_member_at') }}
        where is_disabled
        group by as_of, household_no
    ) as disabled on households.as_of = disabled.as_of and households.household_no = disabled.household_no
    where not households.is_registered_poor
),

judged as (
    select
        flagged.*, '潜在低保户' as subject, 'potential_dibao' as basis, '民政' as department,
        '人均核算收入 ' || {{ yuan_said('assessed_income_per_capita_fen') }} || '，低于' || dibao_line || ' '
        || {{ yuan_said('dibao_fen') }} || '，未享受低保或特困供养' as evidence
    from flagged
    where is_potential_dibao
    union all
    select
        flagged.*, '残疾户' as subject, 'disabled' as basis, '残联' as department,
        '家中持证残疾人 ' || {{ as_text('disabled_members') }} || ' 人（' || disabled_levels || '）' as evidence
    from flagged
    where has_disabled
    union all
    select
        flagged.*, '唯一住房危房户' as subject, 'unsafe_only_home' as basis, '住建' as department,
        '唯一住房鉴定为' || home_grade || '，未改造完成' as evidence
    from flagged
    where is_only_home_unsafe
    union all
    select
        flagged.*, '无劳动力户' as subject, 'no_labour' as basis, '乡镇' as department,
        '家庭成员 ' || {{ as_text('members') }} || ' 人，均无劳动能力' as evidence
    from flagged
    where has_no_labour
)

select
    {{ finding(
        rule="'list_ly_groups'", kind="'list'", document="'LY'", clause="'LY-groups'", subject='state.subject', basis='state.basis',
        department='state.department', evidence='state.evidence', unit='null'
    ) }}
from judged as state
