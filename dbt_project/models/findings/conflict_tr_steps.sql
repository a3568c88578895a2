-- TR-steps: faults in the procedure of cases, by its three steps.
{{ faulty_procedure('TR', 'TR-steps', 'conflict_tr_steps') }}
