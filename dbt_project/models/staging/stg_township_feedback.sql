{{ staged('township_feedback', key=['warning_no']) }}
