{{ staged('visit_record', key=['household_no', 'visited_on']) }}
