{{ staged('township_feedback') }}
