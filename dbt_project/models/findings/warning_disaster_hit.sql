-- A disaster or accident in the span that gravely hit the household's basic living.
select
    {{ finding(
        rule="'disaster_hit'", kind="'warning'", clause="'warning'", document='null', subject="'灾害事故影响基本生活'",
        basis='state.disaster_kind', measured_name="'净损失'",
        measured_fen='greatest(coalesce(state.loss_fen, 0) - coalesce(state.compensation_fen, 0), 0)', department="'应急'",
        evidence="cast(state.happened_on as " ~ dbt.type_string() ~ ") || ' 遭遇' || coalesce(state.disaster_kind, '灾害事故')
            || '，损失 ' || " ~ yuan_text('coalesce(state.loss_fen, 0)') ~ " || ' 元，赔付 '
            || " ~ yuan_text('coalesce(state.compensation_fen, 0)') ~ " || ' 元，基本生活受严重影响'",
        happened_on='state.happened_on', source_receipt='state._receipt', source_row='state._row'
    ) }}
from (
    select losses.*, losses.kind as disaster_kind, households.as_of, households.region_code
    from {{ ref('stg_disaster_loss') }} as losses
    inner join {{ ref('int_household_at') }} as households on losses.household_no = households.household_no
    inner join {{ ref('int_as_of') }} as days on households.as_of = days.as_of and days.is_day
    inner join {{ ref('int_window') }} as windows on days.as_of = windows.as_of and windows.income_window = 'current'
    where losses.happened_on between windows.first_month and days.as_of
) as state
where state.basic_living_hit
