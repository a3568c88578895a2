-- One row per warning number with a township's verdict by D: of what came in, the newest that says one.
with first_seen as (
    select
        feedback.*,
        row_number() over (partition by feedback._row_hash order by feedback._received_rank nulls last, feedback._sheet_place nulls first, feedback._row nulls last) as repeat_rank
    from {{ source('raw', 'township_feedback') }} as feedback
    where feedback.verdict is not null
),

newest as (
    select
        first_seen.*,
        run.as_of,
        row_number() over (
            partition by first_seen.warning_no
            order by first_seen._received_rank desc, first_seen._sheet_place desc nulls last, first_seen._row desc
        ) as place
    from first_seen
    cross join {{ source('raw', 'run') }} as run
    where first_seen.repeat_rank = 1
        and coalesce(first_seen.verified_on, first_seen._period) <= run.as_of
)

select
    newest.warning_no,
    newest.as_of,
    coalesce(newest.verified_on, newest._period) as verified_on,
    newest.verdict,
    newest.verdict in ('属实建议纳入', '属实已有帮扶', '属实暂不符合') as is_true,
    newest.verdict in ('不属实', '属实暂不符合') as is_silencing,
    newest.per_capita_income_fen,
    newest._receipt,
    newest._row
from newest
where newest.place = 1
