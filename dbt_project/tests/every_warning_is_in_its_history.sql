-- No warning is lost: each number in the ledger has one line in the history, and so has each of tonight's own; what waits
-- for a visit is open there, what the night shows as closed is not.
select known.warning_no
from {{ source('raw', 'ledger_warning') }} as known
inner join {{ ref('int_warning_household') }} as places on known.household_no = places.household_no
left join {{ ref('fct_warning_history') }} as history on known.warning_no = history.warning_no
where history.warning_no is null
union all
select warnings.warning_no
from {{ ref('fct_warning') }} as warnings
left join {{ ref('fct_warning_history') }} as history on warnings.warning_no = history.warning_no
where (warnings.status in ('待核实', '逾期未核实') and not coalesce(history.is_open, false))
    or (warnings.status = '已关闭' and history.is_open)
