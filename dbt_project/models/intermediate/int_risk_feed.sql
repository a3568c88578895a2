-- One row per feed of the risk scorer on D: through which day its files reach, how old that is, and whether it counts as missing.
-- A feed without a limit is sent only when something happened: it is missing only when no file of it ever came.
with latest as (
    select
        feeds.feed,
        feeds.label,
        feeds.form,
        feeds.limit_days,
        run.as_of,
        max(case when receipts.period_start <= run.as_of then
            case when receipts.period_end > run.as_of then run.as_of else receipts.period_end end end) as data_on
    from {{ ref('risk_feed') }} as feeds
    inner join {{ source('raw', 'run') }} as run
        on feeds.effective_from <= run.as_of and (feeds.effective_to is null or feeds.effective_to >= run.as_of)
    left join {{ source('raw', 'receipt') }} as receipts
        on feeds.form = receipts.form and receipts.refused_code is null
    group by feeds.feed, feeds.label, feeds.form, feeds.limit_days, run.as_of
)

select
    as_of,
    feed,
    label,
    form,
    limit_days,
    data_on,
    {{ days_between('data_on', 'as_of') }} as age_days,
    case
        when data_on is null then 1
        when limit_days is not null and {{ days_between('data_on', 'as_of') }} > limit_days then 1
        else 0
    end as is_missing
from latest
