{{ staged('disaster_loss') }}
