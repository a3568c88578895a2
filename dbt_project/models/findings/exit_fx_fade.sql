-- FX-fade: dibao households whose income is above the line: first and last month of fade-out, extended ones with why.
{{ fading_out('FX') }}
