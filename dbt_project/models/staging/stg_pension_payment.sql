{{ staged('pension_payment') }}
