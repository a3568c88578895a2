-- One row per household on the observation list on D: what changed in the month, and how far it is from 困难边缘户.
with change as (
    select household_no, {{ joined_text('said', 'said', '、') }} as changes
    from (
        select members.household_no, events.event || '（' || {{ day_text('events.happened_on') }} || '）' as said
        from {{ ref('stg_civil_event') }} as events
        inner join {{ ref('int_day') }} as day on events.happened_on between day.last_month and day.as_of
        inner join {{ ref('int_member_at') }} as members
            on day.as_of = members.as_of and events.person_key = members.person_key
        union
        select losses.household_no, '失业（' || {{ day_text('losses.lost_on') }} || '）' as said
        from {{ ref('int_job_loss') }} as losses
        inner join {{ ref('int_day') }} as day on losses.as_of = day.as_of and losses.lost_on >= day.last_month
        union
        select
            members.household_no,
            '新增医疗个人负担 ' || {{ yuan_said('cast(sum(settlements.self_total_fen) as bigint)') }} as said
        from {{ ref('stg_medical_settlement') }} as settlements
        inner join {{ ref('int_day') }} as day on settlements.settled_on between day.last_month and day.as_of
        inner join {{ ref('int_member_at') }} as members
            on day.as_of = members.as_of and settlements.person_key = members.person_key
        where settlements.self_total_fen > 0
        group by members.household_no
    ) as changes
    group by household_no
),

watched as (
    select distinct as_of, household_no, basis from {{ ref('class_ly_watch') }}
),

-- The state at the end of the month before, where the night answered for it.
month_before as (
    select states.household_no, states.disposable_income_per_capita_fen
    from {{ ref('int_household_state') }} as states
    inner join {{ ref('int_day') }} as day
        on states.as_of = {{ add_days('day.last_month', -1) }}
    where not states.is_day
),

judged as (
    select
        households.as_of,
        households.household_no,
        watched.basis,
        {{ rounded_quotient('households.disposable_income_fen * thresholds.spending_share_ppm', 1000000) }}
        - households.rigid_spending_fen as spending_left_fen,
        households.disposable_income_per_capita_fen - households.watch_fen as income_left_fen,
        change.changes,
        month_before.disposable_income_per_capita_fen as month_before_fen
    from {{ adopted_state('LY') }} as households
    inner join watched on households.as_of = watched.as_of and households.household_no = watched.household_no
    inner join {{ ref('int_finding_threshold') }} as thresholds
        on households.as_of = thresholds.as_of and households.region_code = thresholds.region_code
    left join change on households.household_no = change.household_no
    left join month_before on households.household_no = month_before.household_no
)

select * from judged
