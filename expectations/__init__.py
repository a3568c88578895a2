"""What data must be: form contracts, and the checks built from them. Imports nothing else of ours."""
