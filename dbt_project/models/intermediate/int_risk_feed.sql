-- One row per feed of the risk scorer on D: through which day its files reach, how old that is, and whether it counts as missing.
-- A feed without a limit is sent only when something happened: it is missing only when no file of it ever came.
with feed as (
    select 'registry' as feed, 'registry_member' as form, 100 as limit_days
    union all
    select 'survey' as feed, 'income_survey' as form, 220 as limit_days
    union all
    select 'medical' as feed, 'medical_settlement' as form, 120 as limit_days
    union all
    select 'disability' as feed, 'disability_register' as form, 400 as limit_days
    union all
    select 'work' as feed, 'employment' as form, 100 as limit_days
    union all
    select 'school' as feed, 'school_enrolment' as form, 330 as limit_days
    union all
    select 'civil' as feed, 'assistance_roster' as form, 400 as limit_days
    union all
    select 'housing' as feed, 'housing_survey' as form, null as limit_days
    union all
    select 'water' as feed, 'water_safety' as form, null as limit_days
    union all
    select 'disaster' as feed, 'disaster_loss' as form, null as limit_days
    union all
    select 'finance' as feed, 'financial_check' as form, null as limit_days
    union all
    select 'hotline' as feed, 'public_report' as form, null as limit_days
    union all
    select 'visit' as feed, 'visit_record' as form, null as limit_days
    union all
    select 'population' as feed, 'civil_event' as form, null as limit_days
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
