{{ staged('assistance_roster') }}
