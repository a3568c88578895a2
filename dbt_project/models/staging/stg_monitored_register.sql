{{ staged('monitored_register', key=['household_no', 'identified_on'], period=true) }}
