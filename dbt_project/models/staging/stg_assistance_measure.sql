{{ staged('assistance_measure', key=['household_no', 'measure', 'started_on']) }}
