-- LY 预备名单 (LY-watch, LY-groups): near the line by income or spending, or one of the four groups, and not 困难边缘户.
with judged as (
    select households.*, thresholds.watch_multiple_text, near.near_fen, near.is_by_income, near.is_by_spending
    from {{ adopted_state('LY') }} as households
    inner join {{ ref('int_near_difficulty') }} as near
        on households.as_of = near.as_of and households.household_no = near.household_no
    inner join {{ ref('int_threshold') }} as thresholds
        on households.as_of = thresholds.as_of and households.region_code = thresholds.region_code
    where near.is_watched
)

select
    {{ finding(
        rule="'class_ly_watch'", kind="'class'", document="'LY'", clause="'LY-watch'", subject="'预备名单'",
        basis=branches([
            ('state.is_by_income', 'income'),
            ('state.is_by_spending', 'spending'),
            ('state.is_potential_dibao', 'potential_dibao'),
            ('state.is_only_home_unsafe', 'unsafe_only_home'),
            ('state.has_no_labour', 'no_labour'),
            ('state.has_disabled', 'disabled'),
        ]),
        measured_name="'disposable_income_per_capita'", measured_fen='state.disposable_income_per_capita_fen',
        threshold_name="'省定贫困线x' || state.watch_multiple_text", threshold_fen='state.near_fen',
        threshold_region='state.marginal_base_region',
        threshold_reference='state.marginal_base_document',
        evidence="'人均可支配收入 ' || " ~ yuan_text('state.disposable_income_per_capita_fen') ~ " || ' 元'
            || case when state.is_potential_dibao then '；符合低保条件未享受低保' else '' end
            || case when state.is_only_home_unsafe then '；唯一住房为危房' else '' end
            || case when state.has_no_labour then '；家中无劳动力' else '' end
            || case when state.has_disabled then '；家中有持证残疾人' else '' end"
    ) }}
from judged as state
