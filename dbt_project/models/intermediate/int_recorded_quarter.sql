{{ config(materialized='view') }}
-- One row per household and quarter of one of its windows (household_quarter): what departments recorded in the quarter's months in
-- the window, in fen; blank where a department has nothing. Each source is summed by itself: few sums over many groups are cheap.
{%- set sums = {
    'wage': {'wage_fen': 'amounts.wage_fen', 'wage_rows': 'amounts.wage_rows'},
    'pension': {
        'basic_pension_fen': 'amounts.basic_pension_fen',
        'excluded_pension_fen': 'case when exclusions.month is not null then amounts.basic_pension_fen else 0 end',
        'account_pension_fen': 'amounts.account_pension_fen',
    },
    'subsidy': {
        'dibao_paid_fen': 'amounts.dibao_paid_fen',
        'tekun_paid_fen': 'amounts.tekun_paid_fen',
        'subsidy_fen': 'amounts.other_transfer_fen',
        'subsidy_excluded_fen': 'amounts.other_excluded_fen',
    },
    'roster': {
        'dibao_listed_fen': 'amounts.dibao_listed_fen',
        'tekun_listed_fen': 'amounts.tekun_listed_fen',
        'listed_fen': 'amounts.other_transfer_fen',
        'listed_excluded_fen': 'amounts.other_excluded_fen',
    },
    'medical': {
        'illness_fen': 'case when members.is_disabled then 0 else amounts.medical_fen end',
        'disability_fen': 'case when members.is_disabled then amounts.medical_fen else 0 end',
    },
    'schooling': {'schooling_fen': 'amounts.schooling_fen'},
} %}
with
{%- for source, amounts in sums.items() %}
{{ source }} as (
    select
        members.household_id + windows.slot as household_quarter,
        {%- for name, amount in amounts.items() %}
        cast(sum({{ amount }}) as bigint) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_person_amount') }} as amounts
    inner join {{ ref('int_member_at') }} as members
        on amounts.person_key = members.person_key and {{ in_slice('members.household_id') }}
    inner join {{ ref('int_window_month') }} as windows
        on members.as_of = windows.as_of and amounts.month = windows.month
    {%- if source == 'pension' %}
    inner join {{ ref('int_household_at') }} as households on members.household_id = households.household_id
    left join {{ ref('int_pension_exclusion') }} as exclusions
        on households.region_code = exclusions.region_code and amounts.month = exclusions.month
    {%- endif %}
    where amounts.source = '{{ source }}'
    group by members.household_id + windows.slot
),
{% endfor %}
disaster as (
    select
        households.household_id + windows.slot as household_quarter,
        cast(sum(greatest(coalesce(losses.loss_fen, 0) - coalesce(losses.compensation_fen, 0), 0)) as bigint) as disaster_fen
    from {{ ref('stg_disaster_loss') }} as losses
    inner join {{ ref('int_household_at') }} as households
        on losses.household_no = households.household_no and {{ in_slice('households.household_id') }}
    inner join {{ ref('int_window_month') }} as windows
        on households.as_of = windows.as_of and {{ month_start('losses.happened_on') }} = windows.month
    group by households.household_id + windows.slot
)

select
    households.as_of,
    windows.income_window,
    windows.quarter,
    households.household_id,
    households.household_id + windows.slot as household_quarter,
    {%- for source, amounts in sums.items() %}
    {%- for name in amounts %}
    {{ source }}.{{ name }},
    {%- endfor %}
    {%- endfor %}
    disaster.disaster_fen
from {{ ref('int_household_at') }} as households
inner join {{ ref('int_window_quarter') }} as windows on households.as_of = windows.as_of and {{ in_slice('households.household_id') }}
{%- for source in sums %}
left join {{ source }} on households.household_id + windows.slot = {{ source }}.household_quarter
{%- endfor %}
left join disaster on households.household_id + windows.slot = disaster.household_quarter
