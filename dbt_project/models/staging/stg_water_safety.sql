{{ staged('water_safety') }}
