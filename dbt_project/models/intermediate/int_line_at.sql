-- One row per as-of day, region and kind of line: the row in force, of the nearest region on the chain.
-- A kind with a year at its end is the line that was in force on that year's last day.
with asked as (
    select days.as_of, days.as_of as line_day, '' as frozen
    from {{ ref('int_as_of') }} as days
    union all
    select
        days.as_of,
        cast(years.line_year || '-12-31' as date) as line_day,
        '@' || years.line_year as frozen
    from {{ ref('int_as_of') }} as days
    cross join (
        select distinct value as line_year from {{ ref('int_parameter') }}
        where clause = 'LY-income' and parameter = 'line_year'
    ) as years
)

select
    as_of, region_code, line, line_fen_per_year, line_region, effective_from, published_on, document, _receipt, _row
from (
    select
        asked.as_of,
        chain.region_code,
        lines.line || asked.frozen as line,
        lines.line_fen_per_year,
        lines.region_code as line_region,
        lines.effective_from,
        lines.published_on,
        lines.document,
        lines._receipt,
        lines._row,
        row_number() over (
            partition by asked.as_of, asked.frozen, chain.region_code, lines.line order by chain.nearness desc
        ) as choice
    from asked
    cross join {{ ref('int_region_chain') }} as chain
    inner join {{ ref('int_line') }} as lines
        on chain.ancestor_code = lines.region_code
            and lines.effective_from <= asked.line_day
            and (lines.effective_to is null or lines.effective_to >= asked.line_day)
) as candidates
where choice = 1
