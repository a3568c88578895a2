"""The commands of `shouwang`, by subject."""
