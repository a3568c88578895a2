-- One row per region, kind of line and start: the yearly amount in fen, in force until the next start of the same region and kind.
select
    region_code,
    line,
    effective_from,
    {{ add_days("lead(effective_from) over (partition by region_code, line order by effective_from nulls last)", -1) }} as effective_to,
    {{ line_per_year('lines') }} as line_fen_per_year,
    amount_fen,
    unit,
    published_on,
    document,
    _receipt,
    _row
from {{ ref('stg_standard_line') }} as lines
