{{ staged('income_survey') }}
