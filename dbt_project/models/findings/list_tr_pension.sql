-- TR-pension: households whose centrally fixed basic pension was left out of assessed income: income per head with and without it.
{{ basic_pension_left_out('TR') }}
