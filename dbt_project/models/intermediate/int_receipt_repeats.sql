-- One row per receipt with exact repeats: rows whose values an earlier row had already (for full lists and register comparisons: of the same period).
select _receipt, count(*) as repeats
from (
    select _receipt, row_number() over (partition by _row_hash order by _received_rank, _sheet nulls first, _row) as repeat_rank
    from {{ source('raw', 'assistance_measure') }}
) as seen
where repeat_rank > 1
group by _receipt
union all
select _receipt, count(*) as repeats
from (
    select _receipt, row_number() over (partition by _row_hash, _period order by _received_rank, _sheet nulls first, _row) as repeat_rank
    from {{ source('raw', 'assistance_roster') }}
) as seen
where repeat_rank > 1
group by _receipt
union all
select _receipt, count(*) as repeats
from (
    select _receipt, row_number() over (partition by _row_hash, _period order by _received_rank, _sheet nulls first, _row) as repeat_rank
    from {{ source('raw', 'business_register') }}
) as seen
where repeat_rank > 1
group by _receipt
union all
select _receipt, count(*) as repeats
from (
    select _receipt, row_number() over (partition by _row_hash order by _received_rank, _sheet nulls first, _row) as repeat_rank
    from {{ source('raw', 'civil_event') }}
) as seen
where repeat_rank > 1
group by _receipt
union all
select _receipt, count(*) as repeats
from (
    select _receipt, row_number() over (partition by _row_hash, _period order by _received_rank, _sheet nulls first, _row) as repeat_rank
    from {{ source('raw', 'disability_register') }}
) as seen
where repeat_rank > 1
group by _receipt
union all
select _receipt, count(*) as repeats
from (
    select _receipt, row_number() over (partition by _row_hash order by _received_rank, _sheet nulls first, _row) as repeat_rank
    from {{ source('raw', 'disaster_loss') }}
) as seen
where repeat_rank > 1
group by _receipt
union all
select _receipt, count(*) as repeats
from (
    select _receipt, row_number() over (partition by _row_hash order by _received_rank, _sheet nulls first, _row) as repeat_rank
    from {{ source('raw', 'employment') }}
) as seen
where repeat_rank > 1
group by _receipt
union all
select _receipt, count(*) as repeats
from (
    select _receipt, row_number() over (partition by _row_hash order by _received_rank, _sheet nulls first, _row) as repeat_rank
    from {{ source('raw', 'financial_check') }}
) as seen
where repeat_rank > 1
group by _receipt
union all
select _receipt, count(*) as repeats
from (
    select _receipt, row_number() over (partition by _row_hash order by _received_rank, _sheet nulls first, _row) as repeat_rank
    from {{ source('raw', 'housing_survey') }}
) as seen
where repeat_rank > 1
group by _receipt
union all
select _receipt, count(*) as repeats
from (
    select _receipt, row_number() over (partition by _row_hash order by _received_rank, _sheet nulls first, _row) as repeat_rank
    from {{ source('raw', 'income_survey') }}
) as seen
where repeat_rank > 1
group by _receipt
union all
select _receipt, count(*) as repeats
from (
    select _receipt, row_number() over (partition by _row_hash order by _received_rank, _sheet nulls first, _row) as repeat_rank
    from {{ source('raw', 'medical_settlement') }}
) as seen
where repeat_rank > 1
group by _receipt
union all
select _receipt, count(*) as repeats
from (
    select _receipt, row_number() over (partition by _row_hash, _period order by _received_rank, _sheet nulls first, _row) as repeat_rank
    from {{ source('raw', 'monitored_register') }}
) as seen
where repeat_rank > 1
group by _receipt
union all
select _receipt, count(*) as repeats
from (
    select _receipt, row_number() over (partition by _row_hash order by _received_rank, _sheet nulls first, _row) as repeat_rank
    from {{ source('raw', 'pension_payment') }}
) as seen
where repeat_rank > 1
group by _receipt
union all
select _receipt, count(*) as repeats
from (
    select _receipt, row_number() over (partition by _row_hash order by _received_rank, _sheet nulls first, _row) as repeat_rank
    from {{ source('raw', 'procedure_event') }}
) as seen
where repeat_rank > 1
group by _receipt
union all
select _receipt, count(*) as repeats
from (
    select _receipt, row_number() over (partition by _row_hash, _period order by _received_rank, _sheet nulls first, _row) as repeat_rank
    from {{ source('raw', 'property_register') }}
) as seen
where repeat_rank > 1
group by _receipt
union all
select _receipt, count(*) as repeats
from (
    select _receipt, row_number() over (partition by _row_hash order by _received_rank, _sheet nulls first, _row) as repeat_rank
    from {{ source('raw', 'public_report') }}
) as seen
where repeat_rank > 1
group by _receipt
union all
select _receipt, count(*) as repeats
from (
    select _receipt, row_number() over (partition by _row_hash, _period order by _received_rank, _sheet nulls first, _row) as repeat_rank
    from {{ source('raw', 'registry_household') }}
) as seen
where repeat_rank > 1
group by _receipt
union all
select _receipt, count(*) as repeats
from (
    select _receipt, row_number() over (partition by _row_hash, _period order by _received_rank, _sheet nulls first, _row) as repeat_rank
    from {{ source('raw', 'registry_member') }}
) as seen
where repeat_rank > 1
group by _receipt
union all
select _receipt, count(*) as repeats
from (
    select _receipt, row_number() over (partition by _row_hash order by _received_rank, _sheet nulls first, _row) as repeat_rank
    from {{ source('raw', 'review_material') }}
) as seen
where repeat_rank > 1
group by _receipt
union all
select _receipt, count(*) as repeats
from (
    select _receipt, row_number() over (partition by _row_hash order by _received_rank, _sheet nulls first, _row) as repeat_rank
    from {{ source('raw', 'school_enrolment') }}
) as seen
where repeat_rank > 1
group by _receipt
union all
select _receipt, count(*) as repeats
from (
    select _receipt, row_number() over (partition by _row_hash order by _received_rank, _sheet nulls first, _row) as repeat_rank
    from {{ source('raw', 'standard_line') }}
) as seen
where repeat_rank > 1
group by _receipt
union all
select _receipt, count(*) as repeats
from (
    select _receipt, row_number() over (partition by _row_hash order by _received_rank, _sheet nulls first, _row) as repeat_rank
    from {{ source('raw', 'subsidy_payment') }}
) as seen
where repeat_rank > 1
group by _receipt
union all
select _receipt, count(*) as repeats
from (
    select _receipt, row_number() over (partition by _row_hash order by _received_rank, _sheet nulls first, _row) as repeat_rank
    from {{ source('raw', 'township_feedback') }}
) as seen
where repeat_rank > 1
group by _receipt
union all
select _receipt, count(*) as repeats
from (
    select _receipt, row_number() over (partition by _row_hash, _period order by _received_rank, _sheet nulls first, _row) as repeat_rank
    from {{ source('raw', 'vehicle_register') }}
) as seen
where repeat_rank > 1
group by _receipt
union all
select _receipt, count(*) as repeats
from (
    select _receipt, row_number() over (partition by _row_hash order by _received_rank, _sheet nulls first, _row) as repeat_rank
    from {{ source('raw', 'visit_record') }}
) as seen
where repeat_rank > 1
group by _receipt
union all
select _receipt, count(*) as repeats
from (
    select _receipt, row_number() over (partition by _row_hash order by _received_rank, _sheet nulls first, _row) as repeat_rank
    from {{ source('raw', 'water_safety') }}
) as seen
where repeat_rank > 1
group by _receipt
