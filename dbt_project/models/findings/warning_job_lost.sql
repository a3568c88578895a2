-- A member lost the job in the span, has no later month in work, and nobody else of the household was in work in the window's last month.
with judged as (
    select
        losses.*,
        households.region_code,
        row_number() over (partition by losses.as_of, losses.household_no
            order by losses.lost_on desc, losses.person_key nulls last, losses._receipt nulls last, losses._row nulls last
        ) as newest
    from {{ ref('int_job_loss') }} as losses
    inner join {{ ref('int_household_at') }} as households
        on losses.as_of = households.as_of and losses.household_no = households.household_no
    where not losses.is_back_in_work and not losses.has_other_worker
)

select
    {{ finding(
        rule="'job_lost'", kind="'warning'", clause="'warning'", document='null', subject="'务工就业中断'",
        person='state.person_key', basis="cast(state.lost_on as " ~ dbt.type_string() ~ ")", department="'人社'", unit='null',
        evidence="cast(state.lost_on as " ~ dbt.type_string() ~ ") || ' 失业，家中无其他人在岗'",
        happened_on='state.lost_on', source_receipt='state._receipt', source_row='state._row'
    ) }}
from judged as state
where state.newest = 1
