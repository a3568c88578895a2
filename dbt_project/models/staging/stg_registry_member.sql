{{ staged('registry_member') }}
