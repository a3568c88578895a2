{{ staged('standard_line', key=['region_code', 'line', 'effective_from']) }}
