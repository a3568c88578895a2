{{ config(sliced=10000) }}
-- depends_on: {{ ref('int_household_at') }}
-- A household has as many rows as the window has months. A view, which has no key that would say so, repeats a month where
-- something stands twice in what it joins.
with window_month as (
    select as_of, count(*) as months
    from {{ ref('int_window_month') }}
    where income_window = 'current'
    group by as_of
),

listed as (
    select household_no, as_of, count(*) as months
    from {{ ref('fct_household_income_month') }}
    group by household_no, as_of
)

select published.household_no
from {{ ref('int_published_household') }} as published
inner join window_month on published.as_of = window_month.as_of
left join listed on published.household_no = listed.household_no and published.as_of = listed.as_of
where {{ in_slice('published.household_id') }}
    and coalesce(listed.months, 0) <> window_month.months
