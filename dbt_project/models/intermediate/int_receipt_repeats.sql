-- One row per receipt with exact repeats.
select _receipt, count(*) as repeats
from {{ ref('stg_superseded') }}
where is_repeat
group by _receipt
