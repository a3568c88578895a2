-- One row per township: verification over the seven days that end with D, of the warnings handed out before D.
with warned as (
    select
        households.township_code,
        households.township,
        days.as_of,
        {{ add_days('days.as_of', -6) }} as first_day,
        earlier.issued_on,
        earlier.due_on,
        earlier.verified_on,
        earlier.verdict,
        earlier.is_open
    from {{ ref('int_warning_earlier') }} as earlier
    inner join {{ ref('int_as_of') }} as days on days.is_day
    inner join {{ ref('int_household_at') }} as households
        on days.as_of = households.as_of and earlier.household_no = households.household_no
    where earlier.is_own
)

select
    as_of,
    township_code,
    max(township) as township,
    max(first_day) as first_day,
    count(case when issued_on >= first_day then 1 end) as handed_out,
    count(case when verified_on >= first_day then 1 end) as verified,
    count(case when verified_on >= first_day and verified_on <= due_on then 1 end) as verified_in_time,
    count(case when verified_on >= first_day and verdict = '属实建议纳入' then 1 end) as true_to_take_in,
    count(case when verified_on >= first_day and verdict = '属实已有帮扶' then 1 end) as true_helped,
    count(case when verified_on >= first_day and verdict = '属实暂不符合' then 1 end) as true_not_fitting,
    count(case when verified_on >= first_day and verdict = '不属实' then 1 end) as untrue,
    count(case when verified_on >= first_day and verdict = '查无此户' then 1 end) as not_found,
    count(case when is_open and verdict is null then 1 end) as unverified,
    count(case when is_open and verdict is null and due_on < as_of then 1 end) as overdue,
    max(case when is_open and verdict is null and due_on < as_of
        then {{ days_between('due_on', 'as_of') }} end) as longest_overdue_days
from warned
group by as_of, township_code
