{{ staged('registry_household', key=['household_no'], period=true) }}
