{{ staged('property_register', key=['certificate_no'], period=true) }}
