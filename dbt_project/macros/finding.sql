{#
  The columns that every finding has, in one order, so that findings can be laid one under the other.

  Each argument is an SQL expression over the rule's own rows, which are called `state` and hold
  as_of, region_code and household_no. Money is given in fen and shown in yuan.

  kind       class | warning | gap | entitlement | deadline | conflict | exit | coverage
  subject    what the finding says in official Chinese: a class's name, a warning's title
  basis      which branches of the rule were met
  happened_on  the day of the event it rests on; a state that goes on has none
#}
{% macro finding(
    rule, kind, clause, document, subject, evidence,
    basis='null', person='null', measured='null', measured_fen=none, measured_name='null',
    threshold='null', threshold_fen=none, threshold_name='null', threshold_region='null', threshold_reference='null',
    unit="'元'", amount_due_fen='null', due_on='null', happened_on='null', department='null', source_receipt='null', source_row='null'
) -%}
    {%- set text = dbt.type_string() -%}
    state.as_of,
    cast({{ kind }} as {{ text }}) as kind,
    cast({{ rule }} as {{ text }}) as rule_id,
    cast({{ clause }} as {{ text }}) as clause,
    cast({{ document }} as {{ text }}) as document,
    state.region_code,
    state.household_no,
    cast({{ person }} as {{ text }}) as person_key,
    cast({{ subject }} as {{ text }}) as subject,
    cast({{ basis }} as {{ text }}) as basis,
    cast({{ measured_name }} as {{ text }}) as measured_name,
    {{ yuan(measured_fen) if measured_fen else 'cast(' ~ measured ~ ' as decimal(18, 2))' }} as measured_value,
    cast({{ threshold_name }} as {{ text }}) as threshold_name,
    {{ yuan(threshold_fen) if threshold_fen else 'cast(' ~ threshold ~ ' as decimal(18, 2))' }} as threshold_value,
    cast({{ threshold_region }} as {{ text }}) as threshold_region,
    cast({{ threshold_reference }} as {{ text }}) as threshold_reference,
    cast({{ unit }} as {{ text }}) as unit,
    {{ yuan(amount_due_fen) }} as amount_due_yuan,
    cast({{ due_on }} as date) as due_on,
    cast({{ happened_on }} as date) as happened_on,
    cast({{ department }} as {{ text }}) as department,
    cast({{ evidence }} as {{ text }}) as evidence,
    cast({{ source_receipt }} as integer) as source_receipt,
    cast({{ source_row }} as integer) as source_row
{%- endmacro %}

{# The rows of households on D in a county that adopted the document. #}
{% macro adopted_state(document) -%}
    (
        select everybody.*
        from {{ ref('int_household_state') }} as everybody
        inner join {{ source('raw', 'county_document') }} as adopted on adopted.document = '{{ document }}'
        where everybody.is_day
    )
{%- endmacro %}

{# Words joined by a semicolon where their condition holds: [('a > 1', 'income'), ...]. #}
{% macro branches(conditions) -%}
    substr(
        {%- for condition, word in conditions %}
        case when {{ condition }} then ';{{ word }}' else '' end{{ ' ||' if not loop.last }}
        {%- endfor %},
        2
    )
{%- endmacro %}
