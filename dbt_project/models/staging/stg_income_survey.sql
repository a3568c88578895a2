{{ staged('income_survey', key=['household_no', 'quarter']) }}
