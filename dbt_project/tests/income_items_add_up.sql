{{ config(sliced=10000) }}
-- depends_on: {{ ref('int_household_at') }}
-- Households whose shown quarters do not add up to the published yearly amounts, or whose deductions do not explain the assessed income.
{%- set items = {
    'wage': 'wage_income_yuan',
    'business_gross': 'business_gross_yuan',
    'business_cost': 'business_cost_yuan',
    'property': 'net_property_income_yuan',
    'transfer_public': 'transfers_received_public_yuan',
    'transfer_family': 'transfers_received_family_yuan',
    'transfer_paid': 'transfers_paid_yuan',
    'rigid_illness': 'rigid_illness_yuan',
    'rigid_disability': 'rigid_disability_yuan',
    'rigid_schooling': 'rigid_schooling_yuan',
    'rigid_disaster': 'rigid_disaster_yuan',
} %}
with summed as (
    select
        household_no
        {%- for item in items %},
        cast(sum(case when item = '{{ item }}' then counted_thirds_of_fen else 0 end) as bigint) as {{ item }}_thirds
        {%- endfor %}
    from {{ ref('fct_income_quarter') }}
    group by household_no
),

deducted as (
    select household_no, sum(amount_yuan) as amount_yuan
    from {{ ref('fct_income_deduction') }}
    group by household_no
)

select incomes.household_no
from {{ ref('fct_household_income') }} as incomes
inner join {{ ref('int_published_household') }} as published
    on incomes.household_no = published.household_no and {{ in_slice('published.household_id') }}
left join summed on incomes.household_no = summed.household_no
left join deducted on incomes.household_no = deducted.household_no
where incomes.disposable_income_yuan - incomes.assessed_income_yuan <> coalesce(deducted.amount_yuan, 0)
    {%- for item, column in items.items() %}
    or incomes.{{ column }} <> {{ yuan(rounded_quotient('coalesce(summed.' ~ item ~ '_thirds, 0)', 3)) }}
    {%- endfor %}
