{{ staged('assistance_roster', key=['household_no', 'person_key', 'category', 'started_on'], period=true) }}
