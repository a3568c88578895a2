with blocked as (
    select
        count(*) as households,
        sum(case when published.household_no is null then 1 else 0 end) as hidden
    from {{ ref('int_household_at') }} as households
    inner join {{ ref('int_as_of') }} as days on households.as_of = days.as_of and days.is_day
    left join {{ ref('int_published_household') }} as published
        on households.as_of = published.as_of and households.household_no = published.household_no
)

select
    'line_fault' as check_name,
    faults.clause,
    faults.region_code,
    faults.message || '；该区划本次不发布' as message,
    blocked.hidden = blocked.households as blocking,
    false as passed
from {{ ref('int_line_fault') }} as faults
cross join blocked
union all
select
    'no_household_list' as check_name,
    '' as clause,
    run.county_region as region_code,
    '没有 ' || cast(run.as_of as {{ dbt.type_string() }}) || ' 及以前的“农户基本信息表”，请先报送' as message,
    true as blocking,
    false as passed
from {{ source('raw', 'run') }} as run
cross join blocked
where blocked.households = 0
union all
select
    'town_line_missing' as check_name,
    'TR-residence' as clause,
    states.region_code,
    '户 ' || states.household_no || ' 按' || states.dibao_line || '核算，但 ' || cast(states.as_of as {{ dbt.type_string() }})
    || ' 区划 ' || states.region_code || ' 没有执行中的' || states.dibao_line || '，该户本次不发布' as message,
    false as blocking,
    false as passed
from {{ ref('int_household_state') }} as states
where states.is_day and states.dibao_fen is null and states.dibao_line <> '农村低保标准'
union all
select
    'unknown_subsidy_item' as check_name,
    '' as clause,
    run.county_region as region_code,
    '补贴项目“' || payments.item || '”不在目录内，' || cast(count(*) as {{ dbt.type_string() }}) || ' 笔按“其他”计入收入' as message,
    false as blocking,
    false as passed
from {{ ref('stg_subsidy_payment') }} as payments
cross join {{ source('raw', 'run') }} as run
where not exists (select 1 from {{ ref('subsidy_item') }} as items where items.item = payments.item)
group by payments.item, run.county_region
