-- LS-track: households lifted or out of difficulty that were not visited within the months set, and those that fell back below dibao.
-- The first visit is due so many months after the household got out of difficulty, each other one so many after the visit before.
with visited as (
    select visits.household_no, max(visits.visited_on) as last_visit_on
    from {{ ref('stg_visit_record') }} as visits
    inner join {{ ref('int_day') }} as day on visits.visited_on <= day.as_of
    group by visits.household_no
),

out_of_it as (
    select
        states.*,
        thresholds.track_months,
        visited.last_visit_on,
        greatest(visited.last_visit_on, gone.left_on, case when states.is_lifted then homes.lifted_on end) as tracked_from
    from {{ adopted_state('LS') }} as states
    inner join {{ ref('int_finding_threshold') }} as thresholds
        on states.as_of = thresholds.as_of and states.region_code = thresholds.region_code
    inner join {{ ref('int_household_at') }} as homes on states.as_of = homes.as_of and states.household_no = homes.household_no
    left join {{ ref('int_left') }} as gone on states.household_no = gone.household_no
    left join visited on states.household_no = visited.household_no
    where states.is_lifted or (gone.household_no is not null and not states.is_monitored)
),

judged as (
    select
        out_of_it.*, '跟踪走访到期' as subject, 'track_due' as basis,
        {{ add_months('coalesce(tracked_from, as_of)', 'case when tracked_from is null then 0 else track_months end') }} as due_on,
        case
            when last_visit_on is null then '没有走访记录'
            else '上次走访 ' || {{ day_text('last_visit_on') }}
        end || '，应每 ' || {{ as_text('track_months') }} || ' 个月跟踪一次' as evidence
    from out_of_it
    where not is_monitored and (tracked_from is null or {{ add_months('tracked_from', 'track_months') }} < as_of)
    union all
    select
        out_of_it.*, '返贫应及时救助' as subject, 'fallen_back' as basis, as_of as due_on,
        '已脱贫脱困，人均核算收入 ' || {{ yuan_said('assessed_income_per_capita_fen') }} || '，低于' || dibao_line || ' '
        || {{ yuan_said('dibao_fen') }} || case when is_on_dibao or is_on_tekun then '，已在救助名册' else '，不在救助名册' end as evidence
    from out_of_it
    where dibao_result = 'pass'
)

select
    {{ finding(
        rule="'deadline_ls_track'", kind="'deadline'", document="'LS'", clause="'LS-track'", subject='state.subject', basis='state.basis',
        measured_name="'assessed_income_per_capita'", measured_fen='state.assessed_income_per_capita_fen',
        threshold_name='state.dibao_line', threshold_fen='state.dibao_fen', threshold_region='state.dibao_region',
        due_on='state.due_on', department="'乡镇'", evidence='state.evidence'
    ) }}
from judged as state
