{{ staged('business_register') }}
