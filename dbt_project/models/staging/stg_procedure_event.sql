{{ staged('procedure_event', key=['household_no', 'case_no', 'step']) }}
