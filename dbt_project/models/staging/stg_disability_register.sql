{{ staged('disability_register') }}
