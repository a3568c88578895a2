{{ staged('procedure_event') }}
