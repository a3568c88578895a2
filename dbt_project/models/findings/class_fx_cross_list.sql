-- FX cross lists between civil affairs and the poverty office (FX-both-ways, FX-fade).
with national as (
    select as_of, region_code, line_fen_per_year, line_region, document
    from {{ ref('int_line_at') }}
    where line = '国家扶贫标准'
),

judged as (
    select
        households.*,
        national.line_fen_per_year as national_fen,
        case when national.line_region = '0' then null else national.line_region end as national_region,
        national.document as national_document
    from {{ adopted_state('FX') }} as households
    left join national on households.as_of = national.as_of and households.region_code = national.region_code
    where households.income_status <> '待定'
)

select
    {{ finding(
        rule="'class_fx_cross_list'", kind="'class'", document="'FX'", clause="'FX-both-ways'",
        subject="'建档立卡符合低保未享受'", basis="'dibao_test_passed'",
        measured_name="'assessed_income_per_capita'", measured_fen='state.assessed_income_per_capita_fen',
        threshold_name='state.dibao_line', threshold_fen='state.dibao_fen', threshold_region='state.dibao_region',
        threshold_reference='state.dibao_document', department="'民政'",
        evidence="'建档立卡户人均核算收入 ' || " ~ yuan_text('state.assessed_income_per_capita_fen') ~ " || ' 元，低于低保标准 '
            || " ~ yuan_text('state.dibao_fen') ~ " || ' 元，未享受低保'"
    ) }}
from judged as state
where state.is_registered_poor and state.dibao_result = 'pass' and not state.is_on_dibao and not state.is_on_tekun
union all
select
    {{ finding(
        rule="'class_fx_cross_list'", kind="'class'", document="'FX'", clause="'FX-both-ways'",
        subject="'低保户符合扶贫未建档'", basis="'below_national_line'",
        measured_name="'disposable_income_per_capita'", measured_fen='state.disposable_income_per_capita_fen',
        threshold_name="'国家扶贫标准'", threshold_fen='state.national_fen', threshold_region='state.national_region',
        threshold_reference='state.national_document', department="'乡村振兴'",
        evidence="'低保户人均可支配收入 ' || " ~ yuan_text('state.disposable_income_per_capita_fen') ~ " || ' 元，低于国家扶贫标准 '
            || " ~ yuan_text('state.national_fen') ~ " || ' 元，未建档立卡'"
    ) }}
from judged as state
where state.is_on_dibao and not state.is_registered_poor
    and state.disposable_income_per_capita_fen < state.national_fen
union all
select
    {{ finding(
        rule="'class_fx_cross_list'", kind="'class'", document="'FX'", clause="'FX-both-ways;FX-fade'",
        subject="'低保户不再符合'",
        basis=branches([
            ("state.dibao_income_result = 'fail'", 'income'),
            ('state.has_car', 'car'),
            ('state.has_firm', 'firm'),
            ('state.has_homes', 'homes'),
            ('state.has_deposits', 'deposits'),
        ]),
        measured_name="'assessed_income_per_capita'", measured_fen='state.assessed_income_per_capita_fen',
        threshold_name='state.dibao_line', threshold_fen='state.dibao_fen', threshold_region='state.dibao_region',
        threshold_reference='state.dibao_document', department="'民政'",
        evidence="'低保户人均核算收入 ' || " ~ yuan_text('state.assessed_income_per_capita_fen') ~ " || ' 元，低保标准 '
            || " ~ yuan_text('state.dibao_fen') ~ " || ' 元'
            || case when state.has_car then '；有小型汽车' else '' end
            || case when state.has_firm then '；有存续企业' else '' end
            || case when state.has_homes then '；有两处以上住宅' else '' end
            || case when state.has_deposits then '；存款超限' else '' end"
    ) }}
from judged as state
where state.is_on_dibao and state.dibao_result = 'fail'
