{{ staged('civil_event') }}
