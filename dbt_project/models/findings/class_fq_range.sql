-- FQ 脱贫不稳定户 and 边缘易致贫户 (FQ-range, FQ-classes): below dibao, or income much reduced, or rigid spending above last year's income.
with judged as (
    select
        households.*,
        households.disposable_income_per_capita_fen < households.dibao_fen as is_below,
        coalesce(
            households.income_status = '完整' and households.previous_income_status = '完整'
            and households.previous_disposable_income_fen > 0
            and (households.previous_disposable_income_fen - households.disposable_income_fen) * 1000000
            >= thresholds.range_fall_ppm * households.previous_disposable_income_fen
            and households.main_cause <> '其他', false
        ) as is_fallen,
        coalesce(
            households.income_status = '完整' and households.previous_income_status = '完整'
            and households.rigid_spending_fen > 0
            and households.rigid_spending_fen * 1000000
            > thresholds.range_rigid_ppm * households.previous_disposable_income_fen
            and households.main_cause <> '其他', false
        ) as is_overspent
    from {{ adopted_state('FQ') }} as households
    inner join {{ ref('int_threshold') }} as thresholds
        on households.as_of = thresholds.as_of and households.region_code = thresholds.region_code
    where households.income_status <> '待定'
        and (households.is_lifted or not households.is_registered_poor)
)

select
    {{ finding(
        rule="'class_fq_range'", kind="'class'", document="'FQ'", clause="'FQ-range;FQ-classes'",
        subject="case when state.is_lifted then '脱贫不稳定户' else '边缘易致贫户' end",
        basis=branches([
            ('state.is_below', 'below_dibao'),
            ('state.is_fallen', 'income_fell'),
            ('state.is_overspent', 'rigid_over_last_income'),
        ]),
        measured_name="'disposable_income_per_capita'", measured_fen='state.disposable_income_per_capita_fen',
        threshold_name='state.dibao_line', threshold_fen='state.dibao_fen', threshold_region='state.dibao_region',
        threshold_reference='state.dibao_document',
        evidence="'人均可支配收入 ' || " ~ yuan_text('state.disposable_income_per_capita_fen') ~ " || ' 元，低保标准 '
            || " ~ yuan_text('state.dibao_fen') ~ " || ' 元'
            || case when state.is_fallen then '；家庭收入由 ' || " ~ yuan_text('state.previous_disposable_income_fen')
                ~ " || ' 元降至 ' || " ~ yuan_text('state.disposable_income_fen') ~ " || ' 元' else '' end
            || case when state.is_overspent then '；刚性支出 ' || " ~ yuan_text('state.rigid_spending_fen')
                ~ " || ' 元超过上年收入' else '' end"
    ) }}
from judged as state
where state.is_below or state.is_fallen or state.is_overspent
