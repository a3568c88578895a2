-- One row per adopted document and household on D that the document's measures are for, with what makes it so.
with named as (
    select as_of, 'LY' as document, household_no, subject from {{ ref('class_ly_marginal') }}
    union
    select as_of, 'FQ' as document, household_no, subject from {{ ref('class_fq_range') }}
    union
    select as_of, 'FQ' as document, household_no, subject from {{ ref('class_fq_net_income_year') }}
    union
    select as_of, 'LS' as document, household_no, subject from {{ ref('class_ls_kind') }}
    union
    select as_of, 'TR' as document, household_no, subject from {{ ref('class_tr_low_income') }} where subject = '低收入家庭'
    union
    select states.as_of, adopted.document, states.household_no, '监测对象' as subject
    from {{ ref('int_household_state') }} as states
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document in ('LY', 'FQ', 'TR')
    where states.is_day and states.is_monitored
    union
    select states.as_of, adopted.document, states.household_no, '低保户' as subject
    from {{ ref('int_household_state') }} as states
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document in ('FX', 'TR')
    where states.is_day and states.has_any_dibao
    union
    select states.as_of, adopted.document, states.household_no, '特困户' as subject
    from {{ ref('int_household_state') }} as states
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document in ('FX', 'TR')
    where states.is_day and states.is_on_tekun
    union
    select states.as_of, adopted.document, states.household_no, '建档立卡户' as subject
    from {{ ref('int_household_state') }} as states
    inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = 'FX'
    where states.is_day and states.is_registered_poor
)

select
    states.as_of,
    named.document,
    states.household_no,
    states.region_code,
    states.is_monitored,
    states.is_registered_poor,
    {{ joined_text('named.subject', 'named.subject', '、') }} as called
from named
inner join {{ ref('int_household_state') }} as states
    on named.as_of = states.as_of and named.household_no = states.household_no
group by
    states.as_of, named.document, states.household_no, states.region_code, states.is_monitored, states.is_registered_poor
