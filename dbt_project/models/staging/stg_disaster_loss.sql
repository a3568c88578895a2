{{ staged('disaster_loss', key=['household_no', 'happened_on', 'kind']) }}
