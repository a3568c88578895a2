with quarter_side as (
    select published.household_no, quarters.*
    from {{ ref('int_income_quarter') }} as quarters
    inner join {{ ref('int_published_household') }} as published on quarters.household_id = published.household_id
    where quarters.income_window = 'current' and {{ in_slice('quarters.household_id') }}
),

item as (
    {%- set items = [
        ('wage', 1, 'wage_recorded', 'wage_declared', 'wage_thirds'),
        ('business_gross', 2, '0', 'business_gross_thirds', 'business_gross_thirds'),
        ('business_cost', 3, '0', 'business_cost_thirds', 'business_cost_thirds'),
        ('property', 4, '0', 'property_thirds', 'property_thirds'),
        ('transfer_public', 5, 'transfer_public_recorded', 'transfer_public_declared', 'transfer_public_thirds'),
        ('transfer_family', 6, '0', 'transfer_family_thirds', 'transfer_family_thirds'),
        ('transfer_paid', 7, '0', 'transfer_paid_thirds', 'transfer_paid_thirds'),
        ('employment_cost', 8, '0', 'employment_cost_thirds', 'employment_cost_thirds'),
        ('rigid_illness', 9, 'illness_recorded',
            'illness_recorded + greatest(medical_declared - illness_recorded - disability_thirds, 0)', 'illness_thirds'),
        ('rigid_disability', 10, 'disability_thirds', '0', 'disability_thirds'),
        ('rigid_schooling', 11, 'schooling_recorded', 'schooling_declared', 'schooling_thirds'),
        ('rigid_disaster', 12, 'disaster_recorded', 'disaster_declared', 'disaster_thirds'),
    ] %}
    {%- for name, number, recorded, declared, counted in items %}
    select
        household_no, as_of, quarter, months, '{{ name }}' as item, {{ number }} as item_order,
        {{ recorded }} as recorded_thirds, {{ declared }} as declared_thirds, {{ counted }} as counted_thirds
    from quarter_side
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select
    household_no,
    as_of,
    quarter,
    item,
    cast(item_order as integer) as item_order,
    cast(months as integer) as surveyed_months,
    {{ yuan(rounded_quotient('recorded_thirds', 3)) }} as recorded_yuan,
    {{ yuan(rounded_quotient('declared_thirds', 3)) }} as declared_yuan,
    {{ yuan(rounded_quotient('counted_thirds', 3)) }} as counted_yuan,
    case when counted_thirds = recorded_thirds then 'recorded' else 'declared' end as counted_side,
    cast(declared_thirds as bigint) as declared_thirds_of_fen,
    cast(counted_thirds as bigint) as counted_thirds_of_fen
from item
where recorded_thirds <> 0 or declared_thirds <> 0
