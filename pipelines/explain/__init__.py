"""The sum of one household, from every source row to every class, as text and as a page to hand over."""
