-- FX-factors: for every household on dibao, registered poor or passing the test: income, property and rigid spending side by side.
with judged as (
    select states.*, checks.household_no is not null as is_compared, coalesce(property.deposits_fen, 0) as deposits_fen
    from {{ adopted_state('FX') }} as states
    left join {{ ref('int_property_at') }} as property
        on states.as_of = property.as_of and states.household_no = property.household_no
    left join (
        select distinct members.household_no
        from {{ ref('stg_financial_check') }} as checks
        inner join {{ ref('int_day') }} as day on checks.checked_on <= day.as_of
        inner join {{ ref('int_member_at') }} as members on day.as_of = members.as_of and checks.person_key = members.person_key
    ) as checks on states.household_no = checks.household_no
    where states.is_on_dibao or states.is_registered_poor or states.dibao_result = 'pass'
)

select
    {{ finding(
        rule="'list_fx_factors'", kind="'list'", document="'FX'", clause="'FX-factors'",
        subject="case state.dibao_result when 'pass' then '符合低保条件' when 'fail' then '不符合低保条件' else '收入待定' end",
        basis=branches([
            ("state.dibao_income_result = 'fail'", 'income'), ('state.has_excluding_property', 'property'),
            ('state.rigid_spending_fen > 0', 'rigid_spending'),
        ]),
        measured_name="'assessed_income_per_capita'", measured_fen='state.assessed_income_per_capita_fen',
        threshold_name='state.dibao_line', threshold_fen='state.dibao_fen', threshold_region='state.dibao_region',
        threshold_reference='state.dibao_document', department="'民政'",
        evidence="'收入：' || case when state.income_status = '待定' then '待定' else '人均核算收入 ' || "
            ~ yuan_said('state.assessed_income_per_capita_fen') ~ " end || '，' || state.dibao_line || ' '
            || " ~ yuan_said('state.dibao_fen') ~ " || '；财产：'
            || case when state.has_excluding_property then " ~ said_branches([
                ('state.has_car', '小型汽车'), ('state.has_firm', '存续企业'), ('state.has_homes', '两处以上住宅'), ('state.has_deposits', '存款超限'),
            ]) ~ " else '未发现不予低保的情形' end || '，存款和理财' || case when state.is_compared then ' ' || " ~ yuan_said('state.deposits_fen') ~ " else '未核对' end
            || '；刚性支出：因残 ' || " ~ yuan_said('state.rigid_disability_fen') ~ " || '，因病 ' || " ~ yuan_said('state.rigid_illness_fen')
    ) }}
from judged as state
