-- LY-medical: one-off aid of D's calendar year: what the household bore of in-province inpatient and special-outpatient cost is more than
-- its total income of the year before; half of the compliant self-paid part, to the cap, once a year. Income not surveyed in full:
-- to be settled.
with year_cost as (
    select
        members.household_no,
        cast(sum(coalesce(settlements.self_total_fen, 0)) as bigint) as borne_fen,
        cast(sum(coalesce(settlements.self_paid_fen, 0)) as bigint) as compliant_fen,
        count(*) as settlements
    from {{ ref('stg_medical_settlement') }} as settlements
    inner join {{ ref('int_day') }} as day on settlements.settled_on between day.year_first and day.as_of
    inner join {{ ref('int_member_at') }} as members
        on day.as_of = members.as_of and settlements.person_key = members.person_key
    where settlements.visit_kind in ('住院', '特殊门诊') and settlements.in_province
    group by members.household_no
),

-- One-off aid already given this year, by the words of the ledger of measures.
aided as (
    select measures.household_no, count(*) as times, cast(sum(measures.amount_fen) as bigint) as amount_fen
    from {{ ref('int_measure') }} as measures
    inner join {{ ref('int_day') }} as day on measures.started_on >= day.year_first
    where measures.kind = '医疗救助'
        and exists (
            select 1 from {{ ref('measure_word') }} as words
            where words.topic = 'one_off' and measures.measure like '%' || words.word || '%'
        )
    group by measures.household_no
),

judged as (
    select
        objects.as_of,
        objects.household_no,
        objects.region_code,
        year_cost.borne_fen,
        year_cost.compliant_fen,
        year_cost.settlements,
        incomes.total_income_fen as last_total_fen,
        incomes.income_status as last_income_status,
        extract(year from objects.as_of) as year_no,
        thresholds.one_off_cap_fen,
        {{ rounded_quotient('year_cost.compliant_fen * thresholds.one_off_share_ppm', 1000000) }} as share_fen,
        least(
            {{ rounded_quotient('year_cost.compliant_fen * thresholds.one_off_share_ppm', 1000000) }}, thresholds.one_off_cap_fen
        ) as due_fen,
        coalesce(aided.times, 0) >= thresholds.one_off_per_year as is_aided,
        coalesce(aided.amount_fen, 0) as aided_fen
    from {{ ref('int_document_object') }} as objects
    inner join year_cost on objects.household_no = year_cost.household_no
    inner join {{ ref('int_finding_threshold') }} as thresholds
        on objects.as_of = thresholds.as_of and objects.region_code = thresholds.region_code
    inner join {{ ref('int_household_income') }} as incomes
        on objects.as_of = incomes.as_of
            and objects.household_no = incomes.household_no
            and incomes.income_window = 'last_year'
    left join aided on objects.household_no = aided.household_no
    where objects.document = 'LY' and year_cost.borne_fen > incomes.total_income_fen
)

select
    {{ finding(
        rule="'entitlement_ly_medical'", kind="'entitlement'", document="'LY'", clause="'LY-medical'",
        subject="case
            when state.is_aided then '一次性救助本年度已给予'
            when state.last_income_status = '完整' then '一次性救助'
            else '一次性救助待核上年收入' end",
        basis="case when state.is_aided then 'aided' when state.last_income_status = '完整' then 'due' else 'income_incomplete' end",
        measured_name="'medical_borne_in_year'", measured_fen='state.borne_fen',
        threshold_name="'上年度家庭总收入'", threshold_fen='state.last_total_fen', department="'民政'",
        amount_due_fen="case when state.last_income_status = '完整' and not state.is_aided then state.due_fen end",
        evidence=as_text('state.year_no') ~ " || '年省内住院和特殊门诊 ' || " ~ as_text('state.settlements') ~ " || ' 次，个人负担 '
            || " ~ yuan_said('state.borne_fen') ~ " || '，高于上年度家庭总收入 ' || " ~ yuan_said('state.last_total_fen')
            ~ " || '；合规自付 ' || " ~ yuan_said('state.compliant_fen') ~ " || ' 按比例为 ' || " ~ yuan_said('state.share_fen')
            ~ " || '，年度封顶 ' || " ~ yuan_said('state.one_off_cap_fen')
            ~ " || case when state.is_aided then '；本年度已救助 ' || " ~ yuan_said('state.aided_fen')
            ~ " when state.last_income_status = '完整' then '；应救助 ' || " ~ yuan_said('state.due_fen')
            ~ " else '；上年收入调查不全，先核定收入' end"
    ) }}
from judged as state
