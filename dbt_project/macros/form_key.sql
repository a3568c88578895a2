{#
  The columns whose values together name a row of a form, as its contract has them (a test compares the two): of rows with
  one key the latest counts. Full lists and comparisons are complete for their period, so their keys hold within it.
#}
{% macro form_keys() -%}
    {{ return({
        'assistance_measure': ['household_no', 'measure', 'started_on'],
        'assistance_roster': ['household_no', 'person_key', 'category', 'started_on', '_period'],
        'business_register': ['credit_code', '_period'],
        'civil_event': ['person_key', 'event', 'happened_on'],
        'disability_register': ['person_key', '_period'],
        'disaster_loss': ['household_no', 'happened_on', 'kind'],
        'employment': ['person_key', 'month', 'employer'],
        'financial_check': ['person_key', 'checked_on'],
        'housing_survey': ['household_no', 'surveyed_on'],
        'income_survey': ['household_no', 'quarter'],
        'medical_settlement': ['settlement_no'],
        'monitored_register': ['household_no', 'identified_on', '_period'],
        'pension_payment': ['person_key', 'month'],
        'procedure_event': ['household_no', 'case_no', 'step'],
        'property_register': ['certificate_no', '_period'],
        'public_report': ['ticket_no'],
        'registry_household': ['household_no', '_period'],
        'registry_member': ['household_no', 'person_key', '_period'],
        'review_material': ['household_no', 'quarter'],
        'school_enrolment': ['person_key', 'term'],
        'standard_line': ['region_code', 'line', 'effective_from'],
        'subsidy_payment': ['person_key', 'item', 'paid_on'],
        'township_feedback': ['warning_no'],
        'vehicle_register': ['person_key', 'plate_no', '_period'],
        'visit_record': ['household_no', 'visited_on'],
        'water_safety': ['household_no', 'checked_on'],
    }) }}
{%- endmacro %}

{# One number for the key of a row, blank parts included. Two keys may share a number; nothing rests on their not doing so. #}
{% macro row_key(form, alias) -%}
    {%- set parts = [] -%}
    {%- for column in form_keys()[form] -%}{%- do parts.append(alias ~ '.' ~ column) -%}{%- endfor -%}
    {{ adapter.dispatch('hash_of')(parts | join(', ')) }}
{%- endmacro %}

{% macro default__hash_of(columns) -%}
    hash({{ columns }})
{%- endmacro %}

{% macro spark__hash_of(columns) -%}
    xxhash64({{ columns }})
{%- endmacro %}
