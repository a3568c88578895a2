{{ config(sliced=20000) }}
-- depends_on: {{ ref('int_household_at') }}
-- Quarters of an item whose shown source rows do not add up to what counted, or do not all say whose, of when, what and from which
-- file and row they are. Of illness, what was recorded as disability is taken off the declared.
with shown as (
    select
        household_no,
        quarter,
        item,
        sum(case when is_counted then amount_yuan * 100 * case when origin = 'declared' then months else 3 end else 0 end) as thirds,
        max(case
            when household_no is null or as_of is null or quarter is null or item is null
                or origin is null or component is null or source_file is null or source_row is null
                then 1
            else 0
        end) as is_untraced
    from {{ ref('fct_income_source') }}
    group by household_no, quarter, item
),

disability as (
    select household_no, quarter, counted_thirds_of_fen
    from {{ ref('fct_income_quarter') }}
    where item = 'rigid_disability'
)

select
    quarters.household_no,
    quarters.quarter,
    quarters.item
from {{ ref('fct_income_quarter') }} as quarters
left join shown
    on quarters.household_no = shown.household_no and quarters.quarter = shown.quarter and quarters.item = shown.item
left join disability on quarters.household_no = disability.household_no and quarters.quarter = disability.quarter
where quarters.item <> 'employment_cost'
    and quarters.counted_thirds_of_fen <> coalesce(shown.thirds, 0)
    - case when quarters.item = 'rigid_illness' and quarters.counted_side = 'declared'
        then coalesce(disability.counted_thirds_of_fen, 0) else 0 end
union all
select household_no, quarter, item
from shown
where is_untraced = 1
