"""One night on a small synthetic county, published once per test process for everybody who reads a warehouse."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from pipelines.county import County
from pipelines.errors import ShouwangError
from pipelines.night import run_night
from pipelines.sample_county import AS_OF, write_county

HOUSEHOLDS = 150


def published_county() -> County:
    """The county, after its night. A night that failed fails everybody at once; it is not tried again."""
    county, failure = _night()
    if failure:
        raise AssertionError(failure)
    return county


@cache
def _night() -> tuple[County, str]:
    """The county and why its night failed, if it did."""
    folder = Path(tempfile.mkdtemp(prefix="shouwang-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    write_county(folder / "county", HOUSEHOLDS, 7)
    county = County.open(folder / "county")
    try:
        run_night(county, AS_OF)
    except ShouwangError as error:
        return county, str(error)
    return county, ""
