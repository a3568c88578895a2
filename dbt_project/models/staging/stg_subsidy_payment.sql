{{ staged('subsidy_payment') }}
