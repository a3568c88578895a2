{{ staged('disability_register', key=['person_key'], period=true) }}
