{{ staged('assistance_measure') }}
