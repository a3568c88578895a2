{{ staged('review_material') }}
