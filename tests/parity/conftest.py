"""Two whole nights, one of them on Spark, take minutes: they are collected by `make parity` (SHOUWANG_FULL=1) only."""

import warnings

from pipelines.settings import Settings

collect_ignore = [] if Settings.from_environment().full_faults else ["test_same_on_spark.py"]
if collect_ignore:
    warnings.warn("!!! DuckDB and Spark were NOT compared in this run: make parity does that !!!", stacklevel=1)
