-- One row per feed of the risk scorer on D: through which day its files reach, how old that is, and whether it counts as missing.
-- A feed without a limit is sent only when something happened: it is missing only when no file of it ever came.
with feed as (
    select 'registry' as feed, 'registry_member' as form, 100 as limit_days
    union all select 'survey', 'income_survey', 220
    union all select 'medical', 'medical_settlement', 120
    union all select 'disability', 'disability_register', 400
    union all select 'work', 'employment', 100
    union all select 'school', 'school_enrolment', 330
    union all select 'civil', 'assistance_roster', 400
    union all select 'housing', 'housing_survey', null
    union all select 'water', 'water_safety', null
    union all select 'disaster', 'disaster_loss', null
    union all select 'finance', 'financial_check', null
    union all select 'hotline', 'public_report', null
    union all select 'visit', 'visit_record', null
    union all select 'population', 'civil_event', null
),

latest as (
    select
        feed.feed,
        feed.form,
        feed.limit_days,
        run.as_of,
        max(case when receipts.period_start <= run.as_of then
            case when receipts.period_end > run.as_of then run.as_of else receipts.period_end end end) as data_on
    from feed
    cross join {{ source('raw', 'run') }} as run
    left join {{ source('raw', 'receipt') }} as receipts
        on feed.form = receipts.form and receipts.refused_code is null
    group by feed.feed, feed.form, feed.limit_days, run.as_of
)

select
    as_of,
    feed,
    form,
    limit_days,
    data_on,
    {{ dbt.datediff('data_on', 'as_of', 'day') }} as age_days,
    case
        when data_on is null then 1
        when limit_days is not null and {{ dbt.datediff('data_on', 'as_of', 'day') }} > limit_days then 1
        else 0
    end as is_missing
from latest
