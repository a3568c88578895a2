-- One row per form and month of which a list came: also of one that says by its own file that nobody is on it (a confirmed empty
-- file), but not of one that came with rows and lost them all, which says nothing of anybody.
select distinct form, period_start as period
from {{ source('raw', 'receipt') }}
where refused_code is null and (kept_rows > 0 or row_count = 0)
