{{ staged('business_register', key=['credit_code'], period=true) }}
