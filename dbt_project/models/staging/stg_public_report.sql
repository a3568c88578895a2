{{ staged('public_report', key=['ticket_no']) }}
