-- One row per member on D who is on a school's list in the window: the latest term's stage, fees, aid and recognised tier.
select
    as_of,
    household_no,
    region_code,
    person_key,
    term,
    stage,
    status,
    coalesce(stage in ('小学', '初中'), false) as is_compulsory,
    fees_fen is not null as has_fees,
    coalesce(fees_fen, 0) as fees_fen,
    coalesce(aid_fen, 0) as aid_fen,
    greatest(coalesce(fees_fen, 0) - coalesce(aid_fen, 0), 0) as unpaid_fen,
    case when aid_tier in ('特别困难', '一般困难') then aid_tier end as aid_tier,
    _receipt,
    _row
from (
    select
        households.as_of,
        households.household_no,
        households.region_code,
        pupils.*,
        row_number() over (partition by pupils.person_key order by pupils.term desc) as newest
    from {{ ref('stg_school_enrolment') }} as pupils
    inner join {{ ref('int_day') }} as day on pupils.term between day.first_month and day.as_of
    inner join {{ ref('int_member_at') }} as members on day.as_of = members.as_of and pupils.person_key = members.person_key
    inner join {{ ref('int_household_at') }} as households
        on members.as_of = households.as_of and members.household_no = households.household_no
) as latest
where newest = 1
