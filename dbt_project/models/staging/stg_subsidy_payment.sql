{{ staged('subsidy_payment', key=['person_key', 'item', 'paid_on']) }}
