{{ config(materialized='table') }}
-- One row per form and key that more than one row has: the row that counts. Rules section 8 and the head of the forms.
{{ contested('assistance_measure', key=['household_no', 'measure', 'started_on']) }}
union all
{{ contested('assistance_roster', key=['household_no', 'person_key', 'category', 'started_on'], period=true) }}
union all
{{ contested('business_register', key=['credit_code'], period=true) }}
union all
{{ contested('civil_event', key=['person_key', 'event', 'happened_on']) }}
union all
{{ contested('disability_register', key=['person_key'], period=true) }}
union all
{{ contested('disaster_loss', key=['household_no', 'happened_on', 'kind']) }}
union all
{{ contested('employment', key=['person_key', 'month', 'employer']) }}
union all
{{ contested('financial_check', key=['person_key', 'checked_on']) }}
union all
{{ contested('housing_survey', key=['household_no', 'surveyed_on']) }}
union all
{{ contested('income_survey', key=['household_no', 'quarter']) }}
union all
{{ contested('medical_settlement', key=['settlement_no']) }}
union all
{{ contested('monitored_register', key=['household_no', 'identified_on'], period=true) }}
union all
{{ contested('pension_payment', key=['person_key', 'month']) }}
union all
{{ contested('procedure_event', key=['household_no', 'case_no', 'step']) }}
union all
{{ contested('property_register', key=['certificate_no'], period=true) }}
union all
{{ contested('public_report', key=['ticket_no']) }}
union all
{{ contested('registry_household', key=['household_no'], period=true) }}
union all
{{ contested('registry_member', key=['household_no', 'person_key'], period=true) }}
union all
{{ contested('review_material', key=['household_no', 'quarter']) }}
union all
{{ contested('school_enrolment', key=['person_key', 'term']) }}
union all
{{ contested('standard_line', key=['region_code', 'line', 'effective_from']) }}
union all
{{ contested('subsidy_payment', key=['person_key', 'item', 'paid_on']) }}
union all
{{ contested('township_feedback', key=['warning_no']) }}
union all
{{ contested('vehicle_register', key=['person_key', 'plate_no'], period=true) }}
union all
{{ contested('visit_record', key=['household_no', 'visited_on']) }}
union all
{{ contested('water_safety', key=['household_no', 'checked_on']) }}
