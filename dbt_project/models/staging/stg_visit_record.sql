{{ staged('visit_record') }}
