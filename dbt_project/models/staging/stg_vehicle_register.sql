{{ staged('vehicle_register') }}
