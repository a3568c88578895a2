-- One row per receipt with exact repeats.
{{ repeated('assistance_measure') }}
union all
{{ repeated('assistance_roster', period=true) }}
union all
{{ repeated('business_register', period=true) }}
union all
{{ repeated('civil_event') }}
union all
{{ repeated('disability_register', period=true) }}
union all
{{ repeated('disaster_loss') }}
union all
{{ repeated('employment') }}
union all
{{ repeated('financial_check') }}
union all
{{ repeated('housing_survey') }}
union all
{{ repeated('income_survey') }}
union all
{{ repeated('medical_settlement') }}
union all
{{ repeated('monitored_register', period=true) }}
union all
{{ repeated('pension_payment') }}
union all
{{ repeated('procedure_event') }}
union all
{{ repeated('property_register', period=true) }}
union all
{{ repeated('public_report') }}
union all
{{ repeated('registry_household', period=true) }}
union all
{{ repeated('registry_member', period=true) }}
union all
{{ repeated('review_material') }}
union all
{{ repeated('school_enrolment') }}
union all
{{ repeated('standard_line') }}
union all
{{ repeated('subsidy_payment') }}
union all
{{ repeated('township_feedback') }}
union all
{{ repeated('vehicle_register', period=true) }}
union all
{{ repeated('visit_record') }}
union all
{{ repeated('water_safety') }}
