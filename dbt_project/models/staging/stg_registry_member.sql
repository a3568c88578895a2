{{ staged('registry_member', key=['household_no', 'person_key'], period=true) }}
