-- In the span a person died who had been in work in the months before, and nobody of the household is in work now.
with judged as (
    select deaths.*
    from {{ ref('int_death') }} as deaths
    inner join {{ ref('int_day') }} as day on deaths.as_of = day.as_of
    inner join {{ ref('int_threshold') }} as thresholds
        on deaths.as_of = thresholds.as_of and deaths.region_code = thresholds.region_code
    where exists (
        select 1 from {{ ref('stg_employment') }} as jobs
        where jobs.person_key = deaths.person_key
            and jobs.status = '在岗'
            and jobs.month <= deaths.happened_on
            and jobs.month >= {{ add_months(month_start('deaths.happened_on'), '-thresholds.worker_months') }}
    )
    and not exists (
        select 1
        from {{ ref('stg_employment') }} as jobs
        inner join {{ ref('int_member_at') }} as members
            on jobs.person_key = members.person_key and members.as_of = deaths.as_of
        where members.household_no = deaths.household_no
            and jobs.status = '在岗'
            and jobs.month = day.last_month
    )
)

select
    {{ finding(
        rule="'only_worker_died'", kind="'warning'", clause="'warning'", document='null', subject="'唯一劳动力去世'",
        person='state.person_key', basis="cast(state.happened_on as " ~ dbt.type_string() ~ ")", department="'公安户政'", unit='null',
        evidence="cast(state.happened_on as " ~ dbt.type_string() ~ ") || ' 家中唯一务工人员去世，目前无人在岗'",
        happened_on='state.happened_on', source_receipt='state._receipt', source_row='state._row'
    ) }}
from judged as state
