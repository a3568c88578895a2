select
    households.household_no,
    households.region_code,
    households.township_code,
    households.township,
    households.village,
    households.head_key,
    households.household_kind,
    households.is_registered_poor,
    households.is_lifted,
    households.lifted_on,
    households.is_legacy_4600,
    households.residence,
    states.members,
    states.has_disabled,
    states.has_no_labour,
    states.is_only_home_unsafe,
    states.is_potential_dibao,
    states.is_on_dibao,
    states.is_on_tekun,
    states.is_monitored,
    states.dibao_line,
    states.dibao_result,
    states.main_cause,
    households.as_of
from {{ ref('int_household_at') }} as households
inner join {{ ref('int_household_state') }} as states
    on households.as_of = states.as_of and households.household_no = states.household_no
inner join {{ ref('int_published_household') }} as published
    on households.as_of = published.as_of and households.household_no = published.household_no
