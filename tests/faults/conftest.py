"""The kills of the whole stack take a quarter of an hour: they are collected in the full set only."""

from pipelines.settings import Settings

collect_ignore = [] if Settings.from_environment().full_faults else ["stack"]
