-- LY-procedure: faults in the procedure of cases, by its six steps.
{{ faulty_procedure('LY', 'LY-procedure', 'conflict_ly_procedure') }}
