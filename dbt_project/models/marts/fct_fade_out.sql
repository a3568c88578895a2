select
    fades.household_no,
    fades.as_of,
    fades.document,
    fades.region_code,
    fades.began_on,
    fades.first_month,
    fades.last_month,
    fades.is_extended
from {{ ref('int_fade_out') }} as fades
inner join {{ ref('int_published_household') }} as published
    on fades.as_of = published.as_of and fades.household_no = published.household_no
