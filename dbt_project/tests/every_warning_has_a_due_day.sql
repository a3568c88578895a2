-- A warning without a due day would never be overdue: the calendar must reach far enough.
select warning_no
from {{ ref('fct_warning') }}
where due_on is null or due_on <= issued_on
