select
    household_no,
    as_of,
    township_code,
    township,
    village,
    monitor_class,
    identified_on,
    main_cause,
    members,
    watch_line,
    watch_line_yuan_per_year,
    is_income_above,
    is_cause_solved,
    has_five_marks,
    is_long_enough,
    has_measure,
    has_labour,
    exit_candidate,
    unmet
from {{ ref('fct_monitored_household') }}
where is_monitored
