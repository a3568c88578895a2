"""What a machine cannot test must never look tested: a reason to leave a test out is a failure where CI runs."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def cannot_test(why: str) -> NoReturn:
    """Leave the test out, saying why; in CI, where every test has to run, fail it instead."""
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)
