"""Where Java and pyspark are, every run compares one county on both engines, and `make parity` (SHOUWANG_FULL=1) all of them.

Elsewhere nothing is compared, and the run says so loudly.
"""

import importlib.util
import shutil
import warnings


def _has_spark() -> bool:
    """Whether Spark itself can start here; `spark-client` has a pyspark without it."""
    packages = ("pyspark", "pyspark.jars")
    return shutil.which("java") is not None and all(importlib.util.find_spec(package) for package in packages)


SPARK_IS_HERE = _has_spark()

collect_ignore = [] if SPARK_IS_HERE else ["test_same_on_spark.py"]
if not SPARK_IS_HERE:
    warnings.warn(
        "!!! DuckDB and Spark were NOT compared in this run: it needs Java 17 and make setup-spark !!!", stacklevel=1
    )
