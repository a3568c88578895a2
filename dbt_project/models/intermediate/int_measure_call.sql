-- One row per household on D (or member of it) and area of help that its condition calls for, with whether help of that area is given.
with given as (
    select
        household_no,
        max(case when kind = '医疗救助' and is_in_window then 1 else 0 end) as medical,
        max(case when kind in ('就业帮扶', '公益岗位', '岗位推送', '技能培训') and (is_in_window or is_running) then 1 else 0 end)
            as employment,
        max(case when kind = '教育资助' and is_in_window then 1 else 0 end) as schooling,
        max(case when kind = '危房改造' then 1 else 0 end) as housing,
        max(case when kind in ('临时救助', '应急救助') and is_in_window then 1 else 0 end) as emergency,
        max(case when kind in ('产业帮扶', '金融帮扶') and (is_in_window or is_running) then 1 else 0 end) as industry,
        max(case when kind = '服务类救助' and is_running then 1 else 0 end) as care
    from (
        select household_no, kind, is_in_window, is_running from {{ ref('int_measure') }}
        union all
        select household_no, kind, true as is_in_window, false as is_running from {{ ref('int_aid_paid') }}
    ) as helped
    group by household_no
),

household as (
    select states.*, thresholds.medical_burden_registered_fen
    from {{ ref('int_household_state') }} as states
    inner join {{ ref('int_threshold') }} as thresholds
        on states.as_of = thresholds.as_of and states.region_code = thresholds.region_code
    where states.is_day
),

called as (
    select
        household.household_no, cast(null as {{ dbt.type_string() }}) as person_key,
        '医疗救助' as area, '医保' as department,
        '近12个月医疗个人负担 ' || {{ yuan_said('household.medical_borne_fen') }} as reason, 'medical' as helped_by, 0 as is_helped
    from household
    where household.medical_borne_fen >= household.medical_burden_registered_fen
    union all
    select
        members.household_no, members.person_key, '困难残疾人生活补贴' as area, '残联' as department,
        coalesce(members.disability_level, '') || '持证残疾人' as reason, '' as helped_by,
        case when members.living_subsidy then 1 else 0 end as is_helped
    from {{ ref('int_member_at') }} as members
    inner join household on members.as_of = household.as_of and members.household_no = household.household_no
    where members.is_disabled
    union all
    select
        members.household_no, members.person_key, '重度残疾人护理补贴' as area, '残联' as department,
        members.disability_level || '持证残疾人' as reason, '' as helped_by,
        case when members.nursing_subsidy then 1 else 0 end as is_helped
    from {{ ref('int_member_at') }} as members
    inner join household on members.as_of = household.as_of and members.household_no = household.household_no
    where members.disability_level in ('一级', '二级')
    union all
    select
        work.household_no, work.person_key, '就业帮扶' as area, '人社' as department,
        '有劳动能力和就业愿望，目前未就业' as reason, 'employment' as helped_by, 0 as is_helped
    from {{ ref('int_member_work') }} as work
    where work.is_able and work.wants_job and not work.is_in_work
    union all
    select
        pupils.household_no, pupils.person_key, '教育资助' as area, '教育' as department,
        coalesce(pupils.stage, '在校') || '在读，学杂费 ' || {{ yuan_said('pupils.fees_fen') }} || '，已资助 '
        || {{ yuan_said('pupils.aid_fen') }} as reason,
        'schooling' as helped_by, 0 as is_helped
    from {{ ref('int_pupil') }} as pupils
    where coalesce(pupils.status, '在读') = '在读' and pupils.unpaid_fen > 0
    union all
    select
        household.household_no, null as person_key, '危房改造' as area, '住建' as department,
        '唯一住房鉴定为' || household.home_grade as reason, 'housing' as helped_by, 0 as is_helped
    from household
    where household.is_only_home_unsafe
    union all
    select
        household.household_no, null as person_key, '最低生活保障' as area, '民政' as department,
        '人均核算收入 ' || {{ yuan_said('household.assessed_income_per_capita_fen') }} || '，低于' || household.dibao_line || ' '
        || {{ yuan_said('household.dibao_fen') }} as reason,
        '' as helped_by, 0 as is_helped
    from household
    where household.is_potential_dibao
    union all
    select distinct
        hit.household_no, null as person_key, '临时救助' as area, '民政' as department,
        hit.evidence as reason, 'emergency' as helped_by, 0 as is_helped
    from {{ ref('warning_disaster_hit') }} as hit
    union all
    select
        monitored.household_no, null as person_key, '产业帮扶' as area, '农业农村' as department,
        '主要风险为因产业经营' as reason, 'industry' as helped_by, 0 as is_helped
    from {{ ref('int_monitored') }} as monitored
    where monitored.is_monitored and monitored.main_cause = '因产业经营'
    union all
    select
        members.household_no, members.person_key, '照料服务' as area, '民政' as department,
        '生活' || members.self_care as reason, 'care' as helped_by, 0 as is_helped
    from {{ ref('int_member_at') }} as members
    inner join household on members.as_of = household.as_of and members.household_no = household.household_no
    where members.self_care = '不能自理'
)

select
    household.as_of,
    household.household_no,
    household.region_code,
    called.person_key,
    called.area,
    called.department,
    called.reason,
    called.is_helped = 1 or coalesce(
        case called.helped_by
            when 'medical' then given.medical
            when 'employment' then given.employment
            when 'schooling' then given.schooling
            when 'housing' then given.housing
            when 'emergency' then given.emergency
            when 'industry' then given.industry
            when 'care' then given.care
        end, 0
    ) = 1 as is_helped
from called
inner join household on called.household_no = household.household_no
left join given on called.household_no = given.household_no
