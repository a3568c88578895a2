{{ staged('civil_event', key=['person_key', 'event', 'happened_on']) }}
