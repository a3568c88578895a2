-- One row per region, kind of line and start: the row that counts. A file that states one line with two amounts settles nothing:
-- whatever a later file says of it counts, even when that repeats one of the two. All of the form's columns are passed on.
{% set key = form_keys()['standard_line'] %}
with counting as (
    {{ staged('standard_line') }}
),

contradicting as (
    select counting.region_code, counting.line, counting.effective_from, counting._received_rank
    from counting
    inner join {{ source('raw', 'standard_line') }} as stated
        on counting._receipt = stated._receipt and {{ same(key, 'counting', 'stated') }}
    group by counting.region_code, counting.line, counting.effective_from, counting._received_rank
    having count(distinct {{ line_per_year('stated') }}) > 1
),

settling as (
    select
        stated._receipt,
        stated._sheet,
        stated._row,
        stated.region_code,
        stated.line,
        stated.effective_from,
        row_number() over (
            partition by stated.region_code, stated.line, stated.effective_from
            order by stated._received_rank desc, stated._sheet_place desc nulls last, stated._row desc
        ) as newest
    from {{ source('raw', 'standard_line') }} as stated
    inner join contradicting
        on {{ same(key, 'stated', 'contradicting') }} and stated._received_rank > contradicting._received_rank
),

chosen as (
    select counting._receipt, counting._sheet, counting._row
    from counting
    where not exists (select 1 from settling where {{ same(key, 'counting', 'settling') }})
    union all
    select _receipt, _sheet, _row from settling where newest = 1
)

select stated.*  -- noqa: AM04
from {{ source('raw', 'standard_line') }} as stated
inner join chosen on {{ same(['_receipt', '_sheet', '_row'], 'stated', 'chosen') }}
