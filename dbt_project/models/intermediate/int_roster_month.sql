-- One row per month and roster row active in it, read from that month's list, else the nearest earlier, else the nearest later one.
-- An amount without a category is income that nothing excludes, as 其他 is.
with months as (
    select distinct month from {{ ref('int_window_month') }}
),

lists as (
    select period from {{ ref('int_list_period') }} where form = 'assistance_roster'
),

list_of_month as (
    select
        months.month,
        coalesce(
            max(case when lists.period <= months.month then lists.period end),
            min(case when lists.period > months.month then lists.period end)
        ) as period
    from months
    cross join lists
    group by months.month
)

select
    list_of_month.month,
    roster.person_key,
    coalesce(categories.kind, '其他') as kind,
    coalesce(roster.monthly_amount_fen, 0) as amount_fen,
    roster.category,
    roster._receipt,
    roster._sheet,
    roster._row
from list_of_month
inner join {{ ref('stg_assistance_roster') }} as roster on list_of_month.period = roster._period
left join {{ ref('roster_category') }} as categories on roster.category = categories.category
where roster.started_on <= last_day(list_of_month.month)
    and (roster.stopped_on is null or roster.stopped_on >= list_of_month.month)
