select
    monitored.household_no,
    monitored.as_of,
    households.region_code,
    households.township_code,
    households.township,
    households.village,
    monitored.monitor_class,
    monitored.identified_on,
    monitored.main_cause,
    monitored.found_through,
    monitored.helper is not null as has_helper,
    monitored.helper_rank,
    monitored.partner is not null as has_partner,
    monitored.is_monitored,
    states.members,
    exits.watch_line,
    {{ yuan('exits.watch_fen') }} as watch_line_yuan_per_year,
    exits.is_income_above,
    exits.is_cause_solved,
    exits.has_five_marks,
    exits.is_long_enough,
    exits.has_measure,
    exits.has_labour,
    exits.exit_candidate,
    exits.unmet,
    receipts.file as source_file,
    monitored._row as source_row
from {{ ref('int_monitored') }} as monitored
inner join {{ ref('int_published_household') }} as published
    on monitored.as_of = published.as_of and monitored.household_no = published.household_no
inner join {{ ref('int_household_at') }} as households
    on monitored.as_of = households.as_of and monitored.household_no = households.household_no
inner join {{ ref('int_household_state') }} as states
    on monitored.as_of = states.as_of and monitored.household_no = states.household_no
left join {{ ref('int_exit') }} as exits
    on monitored.as_of = exits.as_of and monitored.household_no = exits.household_no
inner join {{ source('raw', 'receipt') }} as receipts on monitored._receipt = receipts.seq
