-- TR-steps: open cases by its three steps.
{{ open_procedure('TR', 'TR-steps', 'list_tr_steps') }}
