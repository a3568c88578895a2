{{ staged('housing_survey', key=['household_no', 'surveyed_on']) }}
