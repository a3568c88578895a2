{{ staged('review_material', key=['household_no', 'quarter']) }}
