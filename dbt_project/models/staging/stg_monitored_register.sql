{{ staged('monitored_register') }}
