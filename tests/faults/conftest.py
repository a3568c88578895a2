"""The kills of the whole stack take a quarter of an hour: they are collected in the full set only. The longest go first."""

import pytest

from pipelines.settings import Settings

collect_ignore = [] if Settings.from_environment().full_faults else ["stack"]
_LONGEST = ("test_restore.py", "test_kills.py", "test_stack_kills.py", "test_disk_full.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files, so that no worker is left alone with one at the end."""
    items.sort(key=lambda item: _LONGEST.index(item.path.name) if item.path.name in _LONGEST else len(_LONGEST))
