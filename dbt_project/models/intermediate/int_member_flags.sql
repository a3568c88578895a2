-- One row per as-of day and household: what its members' conditions add up to.
select
    as_of,
    household_no,
    max(case when is_disabled then 1 else 0 end) = 1 as has_disabled,
    max(case when labour_ability in ('普通劳动力', '技能劳动力', '弱劳动力或半劳动力') then 1 else 0 end) = 0 as has_no_labour,
    max(case when self_care = '不能自理' or disability_level in ('一级', '二级') or health = '患有大病' then 1 else 0 end) = 1
        as has_dependent,
    max(case when disability_level in ('一级', '二级') then 1 else 0 end) = 1 as has_severe_disability,
    max(case when health = '患有大病' then 1 else 0 end) = 1 as has_grave_illness
from {{ ref('int_member_at') }}
group by as_of, household_no
