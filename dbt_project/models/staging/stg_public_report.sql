{{ staged('public_report') }}
