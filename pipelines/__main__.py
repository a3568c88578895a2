"""`python -m pipelines` is the command `shouwang`."""

from pipelines.cli import main

main()
