"""What names people: sealed files, the keys they are sealed with, and taking a key or a person out of the lake."""
