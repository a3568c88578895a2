{{ staged('medical_settlement') }}
