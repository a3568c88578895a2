"""Dagster definitions, found by `dg`: assets, checks, schedule and sensor. Nothing here computes."""
