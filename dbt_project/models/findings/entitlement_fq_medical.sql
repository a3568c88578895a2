-- FQ-medical: a 边缘 household (also one that only its dibao lifts above the line) granted dibao in the window because of large medical
-- cost: what it bore of special-outpatient and inpatient care in the months before the grant. The aid itself follows the county's own
-- share, where the county stated one.
with granted as (
    select
        objects.as_of,
        objects.household_no,
        objects.region_code,
        thresholds.look_back_months,
        thresholds.large_cost_fen,
        thresholds.look_back_aid_ppm,
        min(roster.started_on) as granted_on
    from {{ adopted_state('FQ') }} as objects
    inner join {{ ref('int_day') }} as day on objects.as_of = day.as_of
    inner join {{ ref('int_roster_at') }} as roster
        on objects.as_of = roster.as_of
            and objects.household_no = roster.household_no
            and roster.category in ('农村低保', '城市低保')
            and not roster.is_single_person
    inner join {{ ref('int_finding_threshold') }} as thresholds
        on objects.as_of = thresholds.as_of and objects.region_code = thresholds.region_code
    where not objects.is_registered_poor
        and (
            objects.dibao_income_result = 'pass'
            or exists (
                select 1 from {{ ref('int_document_object') }} as named
                where named.document = 'FQ' and named.household_no = objects.household_no
            )
        )
    group by
        objects.as_of, objects.household_no, objects.region_code, thresholds.look_back_months, thresholds.large_cost_fen,
        thresholds.look_back_aid_ppm, day.first_month
    having min(roster.started_on) >= day.first_month
),

-- A row that begins where another ends is no new grant.
renewed as (
    select distinct granted.household_no
    from granted
    inner join {{ ref('int_member_at') }} as members
        on granted.as_of = members.as_of and granted.household_no = members.household_no
    inner join {{ ref('stg_assistance_roster') }} as earlier
        on members.person_key = earlier.person_key
            and earlier.category in ('农村低保', '城市低保')
            and not coalesce(earlier.single_person, false)
            and earlier.started_on < granted.granted_on
            and (earlier.stopped_on is null or earlier.stopped_on >= {{ add_days('granted.granted_on', -1) }})
),

cost as (
    select
        granted.household_no,
        cast(sum(coalesce(settlements.self_total_fen, 0)) as bigint) as borne_fen,
        count(*) as settlements
    from granted
    inner join {{ ref('int_member_at') }} as members
        on granted.as_of = members.as_of and granted.household_no = members.household_no
    inner join {{ ref('stg_medical_settlement') }} as settlements
        on members.person_key = settlements.person_key
            and settlements.settled_on < granted.granted_on
            and settlements.settled_on >= {{ add_months('granted.granted_on', '-granted.look_back_months') }}
    where settlements.visit_kind in ('住院', '特殊门诊')
    group by granted.household_no
),

judged as (
    select
        granted.*,
        cost.borne_fen,
        cost.settlements,
        {{ rounded_quotient('cost.borne_fen * granted.look_back_aid_ppm', 1000000) }} as due_fen
    from granted
    inner join cost on granted.household_no = cost.household_no
    where cost.borne_fen >= granted.large_cost_fen
        and not exists (select 1 from renewed where renewed.household_no = granted.household_no)
)

select
    {{ finding(
        rule="'entitlement_fq_medical'", kind="'entitlement'", document="'FQ'", clause="'FQ-medical'", subject="'边缘户追溯医疗救助'",
        basis="'granted_' || " ~ as_text('state.granted_on'), measured_name="'medical_borne_before_grant'", measured_fen='state.borne_fen',
        threshold_name="'大额医疗费用'", threshold_fen='state.large_cost_fen', amount_due_fen='state.due_fen', department="'医保'",
        evidence=day_text('state.granted_on') ~ " || ' 认定低保，往前追溯 ' || " ~ as_text('state.look_back_months')
            ~ " || ' 个月，住院和特殊门诊 ' || " ~ as_text('state.settlements') ~ " || ' 次，个人负担 ' || " ~ yuan_said('state.borne_fen')
            ~ " || case when state.look_back_aid_ppm is null then '；救助比例按本县医疗救助政策核定'
                else '；按本县救助比例应救助 ' || " ~ yuan_said('state.due_fen') ~ " end"
    ) }}
from judged as state
