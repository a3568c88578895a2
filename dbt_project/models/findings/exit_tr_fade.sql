-- TR-fade: dibao households whose income is above the line: first and last month of fade-out.
{{ fading_out('TR') }}
