{{ staged('vehicle_register', key=['person_key', 'plate_no'], period=true) }}
