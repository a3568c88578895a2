{# Calendar arithmetic that stays a date on every engine. #}

{% macro add_months(day, months) -%}
    cast({{ dbt.dateadd('month', months, day) }} as date)
{%- endmacro %}

{% macro add_days(day, days) -%}
    cast({{ dbt.dateadd('day', days, day) }} as date)
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
