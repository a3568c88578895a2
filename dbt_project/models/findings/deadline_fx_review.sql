-- FX-review: households newly on dibao without a check of means in the months before it began; those on the books whose latest check is older
-- than the months allowed, or missing. A check is a row of the banks' and fund's comparison for any member.
with begun as (
    select
        states.as_of,
        states.household_no,
        states.region_code,
        min(roster.started_on) as began_on
    from {{ adopted_state('FX') }} as states
    inner join {{ ref('int_roster_at') }} as roster
        on states.as_of = roster.as_of and states.household_no = roster.household_no
            and roster.category in ('农村低保', '城市低保')
    group by states.as_of, states.household_no, states.region_code
),

book as (
    select
        states.as_of,
        states.household_no,
        states.region_code,
        coalesce(begun.began_on, day.first_month) as began_on,
        begun.began_on >= day.first_month as is_new_dibao,
        case when states.has_any_dibao then '低保在册' else '建档立卡在册' end as book_name
    from {{ adopted_state('FX') }} as states
    inner join {{ ref('int_day') }} as day on states.as_of = day.as_of
    left join begun on states.household_no = begun.household_no
    where states.has_any_dibao or (states.is_registered_poor and not states.is_lifted)
),

checked as (
    select
        members.household_no,
        max(checks.checked_on) as last_checked_on,
        max(case when checks.checked_on <= book.began_on then checks.checked_on end) as checked_before
    from {{ ref('stg_financial_check') }} as checks
    inner join {{ ref('int_day') }} as day on checks.checked_on <= day.as_of
    inner join {{ ref('int_member_at') }} as members
        on day.as_of = members.as_of and checks.person_key = members.person_key
    inner join book on members.household_no = book.household_no
    group by members.household_no
),

judged as (
    select
        book.*,
        checked.last_checked_on,
        thresholds.review_months,
        case
            when coalesce(book.is_new_dibao, false) and coalesce({{ add_months('checked.checked_before', 'thresholds.review_months') }} < book.began_on, true)
                then 'new_not_checked'
            when checked.last_checked_on is null then 'never_checked'
            when {{ add_months('checked.last_checked_on', 'thresholds.review_months') }} < book.as_of then 'check_too_old'
        end as basis,
        case
            when coalesce(book.is_new_dibao, false) and coalesce({{ add_months('checked.checked_before', 'thresholds.review_months') }} < book.began_on, true)
                then book.began_on
            when checked.last_checked_on is not null
                then {{ add_months('checked.last_checked_on', 'thresholds.review_months') }}
        end as due_on
    from book
    inner join {{ ref('int_finding_threshold') }} as thresholds
        on book.as_of = thresholds.as_of and book.region_code = thresholds.region_code
    left join checked on book.household_no = checked.household_no
)

select
    {{ finding(
        rule="'deadline_fx_review'", kind="'deadline'", document="'FX'", clause="'FX-review'", basis='state.basis', unit='null',
        subject="case state.basis when 'new_not_checked' then '新申请未核对' when 'never_checked' then '在册未复核' else '复核超过期限' end",
        due_on='state.due_on', department="'民政'",
        evidence="state.book_name || case state.basis
            when 'new_not_checked' then '，' || " ~ day_text('state.began_on') ~ " || ' 开始享受，此前没有家庭经济状况核对记录'
            when 'never_checked' then '，没有家庭经济状况核对记录'
            else '，最近一次核对 ' || " ~ day_text('state.last_checked_on') ~ " || '，已超过 ' || " ~ as_text('state.review_months')
            ~ " || ' 个月' end"
    ) }}
from judged as state
where state.basis is not null
