{# What the household registration says of a person's moves, as seen from a place of theirs (person_key, household_no, list_end).
   Rules section 2: a 迁出 that names another household says nothing of this one; a 迁入 elsewhere counts after the list's month. #}

{# Columns of a query over places joined with their people's `events`, one row per place. #}
{% macro moves(place) -%}
    max(case when events.event = '服刑' then events.happened_on end) as jailed_on,
    max(case when events.event = '刑满释放' then events.happened_on end) as released_on,
    max(case when events.event = '迁出' and coalesce(events.household_no, {{ place }}.household_no) = {{ place }}.household_no
        then events.happened_on end) as left_on,
    max(case when events.event = '迁入' and coalesce(events.household_no, {{ place }}.household_no) = {{ place }}.household_no
        then events.happened_on end) as came_on,
    max(case when events.event = '迁入' and events.household_no = {{ place }}.household_no
        then events.happened_on end) as came_here_on,
    max(case when events.event = '迁入' and events.household_no <> {{ place }}.household_no
        and events.happened_on > {{ place }}.list_end then events.happened_on end) as went_elsewhere_on
{%- endmacro %}

{# Whether those moves, each on the day or before, have taken the person away. A return on the very day counts as since. #}
{% macro has_moved_away() -%}
    (
        (jailed_on is not null and not coalesce(released_on >= jailed_on, false))
        or (left_on is not null and not coalesce(came_on >= left_on, false))
        or (went_elsewhere_on is not null and not coalesce(came_here_on >= went_elsewhere_on, false))
    )
{%- endmacro %}
