"""What a prefecture or province sees of its counties: their published nights as counts, never a household."""
