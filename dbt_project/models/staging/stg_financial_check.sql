{{ staged('financial_check') }}
