-- LY-watch: each household on the observation list, what changed since the month and the 12 months before, and what would tip it over.
with judged as (
    select
        households.*,
        observed.basis,
        observed.spending_left_fen,
        observed.income_left_fen,
        observed.changes,
        observed.month_before_fen
    from {{ adopted_state('LY') }} as households
    inner join {{ ref('int_observation') }} as observed
        on households.as_of = observed.as_of and households.household_no = observed.household_no
)

select
    {{ finding(
        rule="'list_ly_watch'", kind="'list'", document="'LY'", clause="'LY-watch'", subject="'预备名单观察'", basis='state.basis',
        measured_name="'disposable_income_per_capita'", measured_fen='state.disposable_income_per_capita_fen',
        threshold_name='state.watch_line', threshold_fen='state.watch_fen', threshold_region='state.watch_region', department="'乡镇'",
        evidence="case when state.income_status = '待定' then '收入未调查，按家庭情况列入观察'
            else '人均可支配收入再减少 ' || " ~ yuan_said('state.income_left_fen') ~ " || '，或刚性支出再增加 '
            || " ~ yuan_said('state.spending_left_fen') ~ " || '，即为困难边缘户' end
            || case when state.income_status = '完整' and state.previous_income_status = '完整'
                then '；家庭可支配收入比上一个12个月变化 ' || "
            ~ yuan_said('state.disposable_income_fen - state.previous_disposable_income_fen') ~ " else '' end
            || case when state.month_before_fen is not null then '；上月末人均 ' || " ~ yuan_said('state.month_before_fen') ~ " else '' end
            || '；本月变化：' || coalesce(state.changes, '无')"
    ) }}
from judged as state
