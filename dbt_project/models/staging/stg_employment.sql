{{ staged('employment') }}
