-- LY 困难边缘户: income within the line (LY-income, or the township's own: LY-township), or large spending (LY-spending).
with judged as (
    select
        households.*,
        near.is_marginal_by_income as is_by_income,
        near.is_marginal_by_spending as is_by_spending
    from {{ adopted_state('LY') }} as households
    inner join {{ ref('int_near_difficulty') }} as near
        on households.as_of = near.as_of and households.household_no = near.household_no
    where near.is_marginal
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
