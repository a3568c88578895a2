from datetime import date
from pathlib import Path

import pytest

from pipelines.sample_county import write_county


@pytest.fixture(scope="session")
def told() -> list[tuple[int, int, str]]:
    return []


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory, told: list[tuple[int, int, str]]) -> Path:
    home = tmp_path_factory.mktemp("sample") / "county"
    write_county(home, 150, 11, as_of=date(2020, 12, 31), months=24, progress=lambda *step: told.append(step))
    return home
