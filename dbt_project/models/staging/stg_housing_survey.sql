{{ staged('housing_survey') }}
