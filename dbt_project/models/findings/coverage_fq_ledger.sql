-- FQ-ledger: each monitored household's ledger, and which of its parts county, township and village still owe.
{{ file_parts('FQ', 'FQ-ledger', 'coverage_fq_ledger') }}
