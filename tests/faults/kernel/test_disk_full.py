"""A full disk, wherever it strikes: yesterday stays published, one sentence says so, and space heals it."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.county import County
from pipelines.settings import Settings
from pipelines.warehouse.invariants import broken
from pipelines.warehouse.manifest import Manifest
from pipelines.warehouse.publish import current_folder
from tests.untested import cannot_test

from .doomed import Doomed, finish_night, night_on_a_full_disk, night_with_file_limit
from .small_county import MONTHS, drop_file, write_small_county

ROOM = {"receive": 1 << 15, "load": 1 << 15, "publish": 1 << 13}  # bytes left at most; publishing needs few
PADDED = 60 if Settings.from_environment().full_faults else 1
TRIALS = 60 if Settings.from_environment().full_faults else 5
SEED = 60


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
    chance = random.Random(SEED)
    expected = _state_after_clean_run(yesterday, tmp_path / "clean")
    failed = 0
    for trial in range(TRIALS):
        home = tmp_path / str(trial)
        shutil.copytree(yesterday, home, symlinks=True)
        before = current_folder(County.open(home))
        limit = int(2 ** chance.uniform(7, 20))
        code, printed = Doomed(night_with_file_limit, home, limit).end()
        current = current_folder(County.open(home))
        assert current is not None and broken(County.open(home)) == []
        if code:
            failed += 1
            assert (code, current) == (7, before), printed
            assert "磁盘空间不足" in printed
        finish_night(home)
        assert _state(home) == expected
        shutil.rmtree(home)
    print(
        f"\n{TRIALS} nights with a random largest file size (seed {SEED}): {failed} stopped with SW-7, none lost or mixed anything"
    )
    assert failed > TRIALS // 3, "the limits were too generous to test anything"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own of 24 MB; needs root and the right to mount."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["/bin/mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        cannot_test(
            "不能挂载内存盘：磁盘满的三个阶段没有检验（上面按文件大小限制的检验照常）！请以可挂载的 root 再运行一次。"
        )
    yield disk
    subprocess.run(["/bin/umount", str(disk)], check=True)


@pytest.mark.parametrize("phase", ROOM)
def test_the_disk_fills_up_in_a_phase(yesterday: Path, small_disk: Path, tmp_path: Path, phase: str) -> None:
    chance, failed = random.Random(phase), 0
    expected = _state_after_clean_run(yesterday, tmp_path / "clean")
    for trial in range(PADDED):
        home = small_disk / "county"
        shutil.copytree(yesterday, home, symlinks=True)
        before = current_folder(County.open(home))
        code, printed = Doomed(night_on_a_full_disk, home, phase, chance.randrange(ROOM[phase]) if trial else 0).end()
        current = current_folder(County.open(home))
        assert current is not None and broken(County.open(home)) == [], "what is published can be read on a full disk"
        if code:
            failed += 1
            assert (code, current) == (7, before), printed
            assert "磁盘空间不足" in printed
        (small_disk / "pad").unlink()
        finish_night(home)
        assert _state(home) == expected
        shutil.rmtree(home)
    print(f"\ndisk filled up {PADDED} times at {phase}: {failed} nights stopped with SW-7, none lost or mixed anything")
    assert failed >= PADDED // 3


def _state_after_clean_run(fresh: Path, home: Path) -> str:
    shutil.copytree(fresh, home, symlinks=True)
    finish_night(home)
    return _state(home)


def _state(home: Path) -> str:
    current = current_folder(County.open(home))
    assert current is not None
    return Manifest.read(current).state
