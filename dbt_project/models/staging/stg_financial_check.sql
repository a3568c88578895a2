{{ staged('financial_check', key=['person_key', 'checked_on']) }}
