"""A full disk, wherever it strikes: yesterday stays published, one sentence says so, and space heals it."""

from __future__ import annotations

import random
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.county import County
from pipelines.settings import PROJECT, Settings
from pipelines.warehouse.manifest import Manifest, folder_damage
from pipelines.warehouse.publish import current_folder

from .small_county import AS_OF, MONTHS, drop_file, finish_night, write_small_county

TRIALS = 60 if Settings.from_environment().full_faults else 8


@pytest.fixture(scope="module")
def yesterday(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county with five months published, and a sixth that has landed."""
    county = write_small_county(tmp_path_factory.mktemp("yesterday") / "county", MONTHS[:5])
    finish_night(county.home)
    with (county.landing / "received.csv").open("a", encoding="utf-8") as received:
        received.write(f"employment/{MONTHS[5]}.csv,{MONTHS[5]}-28,6\n")
    drop_file(county, MONTHS[5])
    return county.home


def test_no_file_may_grow_beyond_a_random_size(yesterday: Path, tmp_path: Path) -> None:
    chance = random.Random(60)
    expected = _state_after_clean_run(yesterday, tmp_path / "clean")
    failed = 0
    for trial in range(TRIALS):
        home = tmp_path / str(trial)
        shutil.copytree(yesterday, home, symlinks=True)
        before = current_folder(County.open(home))
        limit = int(2 ** chance.uniform(7, 20))
        done = _night_with_file_limit(home, limit)
        current = current_folder(County.open(home))
        assert current is not None and folder_damage(current) == []
        if done.returncode:
            failed += 1
            assert current == before
            assert done.returncode == 7, done.stderr
            assert "磁盘空间不足" in done.stderr
        finish_night(home)
        assert _state(home) == expected
        shutil.rmtree(home)
    assert failed > TRIALS // 3, "the limits were too generous to test anything"


def _night_with_file_limit(home: Path, limit: int) -> subprocess.CompletedProcess[str]:
    """A night of the command line in which no file may grow beyond `limit` bytes (EFBIG, like a full disk)."""
    script = (
        "import sys; from tests.faults.kernel import small_county; from pipelines import night; from pipelines.cli import run;"
        "small_county.stand_in(night); sys.exit(run(sys.argv[1:]))"
    )

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        [sys.executable, "-c", script, "run", "--home", str(home), "--as-of", AS_OF, "--known-on", "2021-01-01"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        preexec_fn=limited,
        check=False,
    )


def _state_after_clean_run(fresh: Path, home: Path) -> str:
    shutil.copytree(fresh, home, symlinks=True)
    finish_night(home)
    return _state(home)


def _state(home: Path) -> str:
    current = current_folder(County.open(home))
    assert current is not None
    return Manifest.read(current).state
