{{ staged('pension_payment', key=['person_key', 'month']) }}
