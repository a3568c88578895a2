{# Calendar arithmetic that stays a date, and gives the same date, on every engine. #}

{% macro add_months(day, months) -%}
    cast({{ day }} + ({{ months }}) * interval '1' month as date)
{%- endmacro %}

{% macro add_days(day, days) -%}
    cast({{ day }} + ({{ days }}) * interval '1' day as date)
{%- endmacro %}

{# The day on which so many hours after a moment fall. #}
{% macro day_after_hours(moment, hours) -%}
    cast({{ moment }} + ({{ hours }}) * interval '1' hour as date)
{%- endmacro %}

{# Days from one date to a later one. #}
{% macro days_between(first, second) -%}
    {{ return(adapter.dispatch('days_between')(first, second)) }}
{%- endmacro %}

{% macro default__days_between(first, second) -%}
    (({{ second }}) - ({{ first }}))
{%- endmacro %}

{% macro spark__days_between(first, second) -%}
    cast(datediff({{ second }}, {{ first }}) as bigint)
{%- endmacro %}

{# Month turns from one date to a later one: 2020-01-31 to 2020-02-01 is 1. #}
{% macro month_turns(first, second) -%}
    ((extract(year from {{ second }}) - extract(year from {{ first }})) * 12
        + extract(month from {{ second }}) - extract(month from {{ first }}))
{%- endmacro %}

{% macro month_start(day) -%}
    cast(date_trunc('month', {{ day }}) as date)
{%- endmacro %}

{% macro quarter_start(day) -%}
    cast(date_trunc('quarter', {{ day }}) as date)
{%- endmacro %}

{# 2020-11-25 is 2020-11. #}
{% macro month_text(day) -%}
    substr(cast({{ day }} as {{ dbt.type_string() }}), 1, 7)
{%- endmacro %}

{# Full years from a day of birth to a day; blank where the birth is not known. #}
{% macro full_years(born, day) -%}
    cast(
        extract(year from {{ day }}) - extract(year from {{ born }})
        - case
            when extract(month from {{ day }}) * 100 + extract(day from {{ day }})
                < extract(month from {{ born }}) * 100 + extract(day from {{ born }}) then 1
            else 0
        end as bigint
    )
{%- endmacro %}

{# The day of that number in a month given by its first day; the last one of a shorter month. #}
{% macro day_of_month(month, number) -%}
    least({{ add_days(month, number ~ ' - 1') }}, last_day({{ month }}))
{%- endmacro %}
