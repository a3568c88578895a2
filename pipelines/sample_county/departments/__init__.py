"""What each department's clerks write down of the county's life: true in the main, late, partial and blurred."""
