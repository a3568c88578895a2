-- One row per household with a state in the monitoring procedure on D, the first that holds. Rules section 7.
--   返贫          left within the months after which a new warning counts as falling back, and warned since
--   程序中        left, and a case of taking in opened since
--   已退出        left the register        逾期停止      monitored, its quarterly review lapsed (LY-quarter)
--   风险消除待审  monitored, a case of leaving under way        渐退  monitored, in its fade-out months
--   监测中        monitored        程序中  a case of taking in under way        待核实  warned, not yet visited
with register as (
    select household_no, as_of, true as is_monitored, coalesce(entered_on, identified_on) as entered_on, cast(null as date) as left_on
    from {{ ref('int_monitored') }}
    where is_monitored
    union all
    select household_no, as_of, false as is_monitored, entered_on, left_on
    from {{ ref('int_left') }}
),

open_case as (
    select
        household_no,
        purpose,
        step_at,
        opened_on,
        row_number() over (
            partition by household_no, purpose order by opened_on desc, reached_on desc, document nulls last, case_no nulls last
        ) as newest
    from (
        select household_no, purpose, step_at, document, case_no, reached_on, min(opened_on) over (partition by household_no, case_no) as opened_on
        from {{ ref('int_case') }}
        where step_at is not null
    ) as under_way
),

lapsed as (
    select household_no, min(due_on) as due_on from {{ ref('exit_ly_lapse') }} group by household_no
),

fading as (
    select household_no, min(first_month) as first_month
    from {{ ref('int_fade_out') }}
    where first_month <= as_of and last_day(last_month) >= as_of
    group by household_no
),

warned as (
    select
        history.household_no,
        min(case when history.issued_on > register.left_on then history.issued_on end) as fell_back_on,
        max(case when history.is_open and history.verdict is null then history.issued_on end) as waiting_since
    from {{ ref('fct_warning_history') }} as history
    left join register on history.household_no = register.household_no
    group by history.household_no
),

judged as (
    select
        places.as_of,
        places.household_no,
        places.region_code,
        places.township_code,
        places.township,
        places.village,
        case when register.is_monitored then leaving.step_at else entering.step_at end as step,
        case
            when not register.is_monitored
                and {{ add_months('register.left_on', 'thresholds.exit_watch_months') }} >= warned.fell_back_on then '返贫'
            when not register.is_monitored and entering.opened_on > register.left_on then '程序中'
            when not register.is_monitored then '已退出'
            when lapsed.household_no is not null and register.is_monitored then '逾期停止'
            when leaving.household_no is not null and register.is_monitored then '风险消除待审'
            when fading.household_no is not null and register.is_monitored then '渐退'
            when register.is_monitored then '监测中'
            when entering.household_no is not null then '程序中'
            when warned.waiting_since is not null then '待核实'
        end as state,
        register.entered_on,
        register.left_on,
        case when register.is_monitored then leaving.opened_on else entering.opened_on end as opened_on,
        lapsed.due_on,
        fading.first_month,
        warned.fell_back_on,
        warned.waiting_since
    from {{ ref('int_warning_household') }} as places
    inner join {{ ref('int_threshold') }} as thresholds
        on places.as_of = thresholds.as_of and places.region_code = thresholds.region_code
    left join register on places.household_no = register.household_no
    left join open_case as entering
        on places.household_no = entering.household_no and entering.purpose = '纳入' and entering.newest = 1
    left join open_case as leaving
        on places.household_no = leaving.household_no and leaving.purpose = '退出' and leaving.newest = 1
    left join lapsed on places.household_no = lapsed.household_no
    left join fading on places.household_no = fading.household_no
    left join warned on places.household_no = warned.household_no
    where places.is_listed
)

select
    household_no,
    as_of,
    region_code,
    township_code,
    township,
    village,
    state,
    case when state in ('程序中', '风险消除待审') then step end as step,
    case state
        when '返贫' then fell_back_on
        when '已退出' then left_on
        when '逾期停止' then due_on
        when '风险消除待审' then opened_on
        when '渐退' then first_month
        when '监测中' then entered_on
        when '程序中' then opened_on
        else waiting_since
    end as since
from judged
where state is not null
