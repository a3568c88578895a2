-- LY-procedure: open cases by its six steps.
{{ open_procedure('LY', 'LY-procedure', 'list_ly_procedure') }}
