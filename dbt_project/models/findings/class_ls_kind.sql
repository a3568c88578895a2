-- LS five kinds of rural households in difficulty (LS-kinds, LS-spending); a household may be of several.
with judged as (
    select
        households.*,
        thresholds.dibao_marginal_multiple_text,
        {{ rounded_quotient('households.dibao_fen * thresholds.dibao_marginal_multiple_ppm', 1000000) }} as marginal_fen
    from {{ adopted_state('LS') }} as households
    inner join {{ ref('int_threshold') }} as thresholds
        on households.as_of = thresholds.as_of and households.region_code = thresholds.region_code
),

kinds as (
    select
        judged.*,
        is_on_tekun as is_tekun,
        is_on_dibao as is_dibao,
        not is_on_tekun and not is_on_dibao and income_status <> '待定'
        and assessed_income_per_capita_fen <= marginal_fen as is_marginal,
        not is_on_tekun and not is_on_dibao and income_status <> '待定'
        and assessed_income_per_capita_fen > marginal_fen
        and after_rigid_income_per_capita_fen < dibao_fen as is_spending
    from judged
)

select
    {{ finding(
        rule="'class_ls_kind'", kind="'class'", document="'LS'", clause="'LS-kinds'",
        subject="'特困户'", basis="'roster'", evidence="'特困供养在册'"
    ) }}
from kinds as state
where state.is_tekun
union all
select
    {{ finding(
        rule="'class_ls_kind'", kind="'class'", document="'LS'", clause="'LS-kinds'",
        subject="'低保户'", basis="'roster'", evidence="'低保在册'"
    ) }}
from kinds as state
where state.is_dibao
union all
select
    {{ finding(
        rule="'class_ls_kind'", kind="'class'", document="'LS'", clause="'LS-kinds'", subject="'低保边缘户'", basis="'income'",
        measured_name="'assessed_income_per_capita'", measured_fen='state.assessed_income_per_capita_fen',
        threshold_name="state.dibao_line || 'x' || state.dibao_marginal_multiple_text",
        threshold_fen='state.marginal_fen', threshold_region='state.dibao_region', threshold_reference='state.dibao_document',
        evidence="'人均核算收入 ' || " ~ yuan_text('state.assessed_income_per_capita_fen') ~ " || ' 元，不高于 '
            || " ~ yuan_text('state.marginal_fen') ~ " || ' 元'"
    ) }}
from kinds as state
where state.is_marginal
union all
select
    {{ finding(
        rule="'class_ls_kind'", kind="'class'", document="'LS'", clause="'LS-kinds;LS-spending'",
        subject="'支出型贫困家庭'", basis="'after_rigid'",
        measured_name="'after_rigid_income_per_capita'", measured_fen='state.after_rigid_income_per_capita_fen',
        threshold_name='state.dibao_line', threshold_fen='state.dibao_fen', threshold_region='state.dibao_region',
        threshold_reference='state.dibao_document',
        evidence="'扣除刚性支出后人均收入 ' || " ~ yuan_text('state.after_rigid_income_per_capita_fen') ~ " || ' 元，低于低保标准 '
            || " ~ yuan_text('state.dibao_fen') ~ " || ' 元'"
    ) }}
from kinds as state
where state.is_spending
union all
select
    {{ finding(
        rule="'class_ls_kind'", kind="'class'", document="'LS'", clause="'LS-kinds'",
        subject="'原4600元以下'", basis="'flag'", evidence="'原“4600元以下”动态管理对象'"
    ) }}
from kinds as state
where state.is_legacy_4600
