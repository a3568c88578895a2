-- LY-file: each household confirmed, and which parts of its file are held or missing.
{{ file_parts('LY', 'LY-file', 'coverage_ly_file') }}
