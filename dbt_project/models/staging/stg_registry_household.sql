{{ staged('registry_household') }}
