{{ staged('property_register') }}
