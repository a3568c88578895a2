-- One row per as-of day and household in scope that is on the list of that day. household_id is a number for joins within one night;
-- household_id + slot (int_window_quarter) is one number for a household's quarter.
select
    cast(row_number() over (order by scope.as_of nulls last, households.household_no nulls last) * slots.slot_count as bigint) as household_id,
    scope.as_of,
    households.household_no,
    households.region_code,
    substr(households.region_code, 1, 9) as township_code,
    households.township,
    households.village,
    households.head_key,
    households.household_kind,
    coalesce(households.registered_poor, false) as is_registered_poor,
    coalesce(households.registered_poor and households.lifted_on <= scope.as_of, false) as is_lifted,
    households.lifted_on,
    coalesce(households.legacy_4600, false) as is_legacy_4600,
    households.residence,
    lists.household_list,
    households._receipt,
    households._row
from {{ ref('int_scope') }} as scope
inner join {{ ref('int_list_month') }} as lists on scope.as_of = lists.as_of
inner join {{ ref('stg_registry_household') }} as households
    on lists.household_list = households._period and scope.household_no = households.household_no
cross join (
    select max(slot) + 1 as slot_count from {{ ref('int_window_quarter') }}
) as slots
