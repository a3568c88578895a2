{{ staged('employment', key=['person_key', 'month', 'employer']) }}
