-- One row per feed of the risk scorer on D: from and through which day its files reach, how old that is, whether it counts as missing,
-- and whether it goes back as many months as features look back on it.
-- A feed without a limit is sent only when something happened: it is missing only when no file of it ever came.
with latest as (
    select
        feeds.feed,
        feeds.label,
        feeds.form,
        feeds.limit_days,
        feeds.reach_months,
        run.as_of,
        min(receipts.period_start) as data_from,
        max(case when receipts.period_start <= run.as_of then
            case when receipts.period_end > run.as_of then run.as_of else receipts.period_end end end) as data_on
    from {{ ref('risk_feed') }} as feeds
    inner join {{ source('raw', 'run') }} as run
        on feeds.effective_from <= run.as_of and (feeds.effective_to is null or feeds.effective_to >= run.as_of)
    left join {{ source('raw', 'receipt') }} as receipts
        on feeds.form = receipts.form and receipts.refused_code is null
    group by feeds.feed, feeds.label, feeds.form, feeds.limit_days, feeds.reach_months, run.as_of
)

select
    as_of,
    feed,
    label,
    form,
    limit_days,
    data_from,
    data_on,
    {{ days_between('data_on', 'as_of') }} as age_days,
    case
        when data_on is null then 1
        when limit_days is not null and {{ days_between('data_on', 'as_of') }} > limit_days then 1
        else 0
    end as is_missing,
    case
        when reach_months is null then 1
        when data_from <= {{ add_months(month_start('as_of'), '-reach_months') }} then 1
        else 0
    end as reaches_back
from latest
