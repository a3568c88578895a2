{{ staged('water_safety', key=['household_no', 'checked_on']) }}
