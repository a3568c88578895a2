-- One row per household of the rural low-income population on D, in the first layer that holds.
with classified as (
    select
        household_no,
        {{ joined_text('class_name', 'class_name', '、') }} as class_names
    from (
        select distinct household_no, class_name
        from {{ ref('fct_household_class') }}
        where person_key is null and class_name not in ('预备名单', '特困户', '低保户', '低保户不再符合')
    ) as classes
    group by household_no
)

select
    households.household_no,
    households.as_of,
    households.township_code,
    households.township,
    households.region_code,
    households.village,
    households.members,
    case
        when households.is_on_tekun then '特困户'
        when households.is_on_dibao then '低保户'
        when households.is_monitored then '监测对象'
        else '低收入家庭'
    end as layer,
    households.is_monitored,
    classified.class_names,
    households.main_cause
from {{ ref('dim_household') }} as households
left join classified on households.household_no = classified.household_no
where households.is_on_tekun or households.is_on_dibao or households.is_monitored or classified.household_no is not null
