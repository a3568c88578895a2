-- LY 困难边缘户: income within the line (LY-income, or the township's own: LY-township), or large spending (LY-spending).
with judged as (
    select
        households.*,
        thresholds.marginal_multiple_text,
        households.disposable_income_per_capita_fen <= households.watch_fen as is_by_income,
        (households.disposable_income_fen > 0
            and households.rigid_spending_fen * 1000000 >= thresholds.marginal_spending_ppm * households.disposable_income_fen
            and households.rigid_spending_fen > 0)
        or (households.disposable_income_fen <= 0 and households.rigid_spending_fen > 0) as is_by_spending
    from {{ adopted_state('LY') }} as households
    inner join {{ ref('int_threshold') }} as thresholds
        on households.as_of = thresholds.as_of and households.region_code = thresholds.region_code
    where not households.is_registered_poor and households.income_status <> '待定'
)

select
    {{ finding(
        rule="'class_ly_marginal'", kind="'class'", document="'LY'", subject="'困难边缘户'",
        clause=branches([
            ("state.is_by_income and state.watch_line = '防返贫监测线'", 'LY-township'),
            ("state.is_by_income and state.watch_line <> '防返贫监测线'", 'LY-income'),
            ('state.is_by_spending', 'LY-spending'),
        ]),
        basis=branches([('state.is_by_income', 'income'), ('state.is_by_spending', 'spending')]),
        measured_name="'disposable_income_per_capita'", measured_fen='state.disposable_income_per_capita_fen',
        threshold_name='state.watch_line', threshold_fen='state.watch_fen', threshold_region='state.watch_region',
        threshold_reference='coalesce(state.own_line_document, state.marginal_base_document)',
        evidence="'人均可支配收入 ' || " ~ yuan_text('state.disposable_income_per_capita_fen') ~ " || ' 元，标准 '
            || " ~ yuan_text('state.watch_fen') ~ " || ' 元；刚性支出 ' || " ~ yuan_text('state.rigid_spending_fen') ~ " || ' 元，'
            || '可支配收入 ' || " ~ yuan_text('state.disposable_income_fen') ~ " || ' 元'"
    ) }}
from judged as state
where state.is_by_income or state.is_by_spending
