-- FX-fallback: lifted households fallen back below the national poverty standard, and which of dibao, medical and temporary aid do
-- not reach them.
with helped as (
    select
        household_no,
        max(case when kind = '医疗救助' then 1 else 0 end) as medical,
        max(case when kind in ('临时救助', '应急救助') then 1 else 0 end) as temporary
    from (
        select household_no, kind from {{ ref('int_measure') }} where is_in_window
        union all
        select household_no, kind from {{ ref('int_aid_paid') }}
    ) as given
    group by household_no
),

judged as (
    select
        states.*,
        lines.line_fen_per_year as national_fen,
        lines.document as national_document,
        not states.has_any_dibao and not states.is_on_tekun as lacks_dibao,
        coalesce(helped.medical, 0) = 0 and states.medical_borne_fen > 0 as lacks_medical,
        coalesce(helped.temporary, 0) = 0 as lacks_temporary
    from {{ adopted_state('FX') }} as states
    inner join {{ ref('int_line_at') }} as lines
        on states.as_of = lines.as_of and states.region_code = lines.region_code and lines.line = '国家扶贫标准'
    left join helped on states.household_no = helped.household_no
    where states.is_lifted
        and states.income_status <> '待定'
        and states.disposable_income_per_capita_fen < lines.line_fen_per_year
)

select
    {{ finding(
        rule="'gap_fx_fallback'", kind="'gap'", document="'FX'", clause="'FX-fallback'", subject="'返贫家庭救助未覆盖'",
        basis=branches([
            ('state.lacks_dibao', 'dibao'), ('state.lacks_medical', 'medical_aid'), ('state.lacks_temporary', 'temporary_aid'),
        ]),
        measured_name="'disposable_income_per_capita'", measured_fen='state.disposable_income_per_capita_fen',
        threshold_name="'国家扶贫标准'", threshold_fen='state.national_fen', threshold_reference='state.national_document', department="'民政'",
        evidence="'脱贫户人均可支配收入 ' || " ~ yuan_said('state.disposable_income_per_capita_fen') ~ " || '，低于国家扶贫标准 ' || "
            ~ yuan_said('state.national_fen') ~ " || '；未覆盖：' || " ~ said_branches([
                ('state.lacks_dibao', '农村低保'), ('state.lacks_medical', '医疗救助'), ('state.lacks_temporary', '临时救助'),
            ])
    ) }}
from judged as state
where state.lacks_dibao or state.lacks_medical or state.lacks_temporary
