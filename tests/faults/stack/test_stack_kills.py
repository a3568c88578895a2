"""kill -9 of Dagster's night with dbt and Great Expectations in it, at random moments: nothing lost, nothing mixed."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
import yaml

from pipelines.county import County
from pipelines.intake.ledger import read_receipts
from pipelines.night import run_night
from pipelines.recovery import verify
from pipelines.sample_county import write_county
from pipelines.settings import PROJECT, Settings
from pipelines.vault.key_ring import KeyRing
from pipelines.warehouse.invariants import broken
from pipelines.warehouse.manifest import Manifest
from pipelines.warehouse.publish import current_folder

KILLS, KILLS_A_COUNTY = 20, 10
AS_OF, KNOWN_ON = "2020-06-30", "2021-01-01"


def start(home: Path, folder: Path) -> subprocess.Popen[bytes]:
    """Dagster's night on a county, as a process group of its own."""
    dagster = folder / "dagster"
    dagster.mkdir(exist_ok=True)
    shutil.copy(PROJECT / "dagster.yaml", dagster)
    config = folder / "night.yaml"
    config.write_text(yaml.safe_dump({"resources": {"night": {"config": {"as_of": AS_OF, "known_on": KNOWN_ON}}}}))
    return subprocess.Popen(
        [sys.executable, "-m", "dagster", "job", "execute", "-m", "pipelines.definitions", "-j", "night", "-c", str(config)],
        cwd=PROJECT, env=os.environ | {"SHOUWANG_HOME": str(home), "DAGSTER_HOME": str(dagster)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("fresh") / "county"
    write_county(home, 60, 3, as_of=date.fromisoformat(AS_OF), months=15)
    KeyRing.of(County.open(home))  # every copy of the county names its persons by one key
    return home


def test_kills_of_the_whole_stack_lose_and_mix_nothing(fresh: Path, tmp_path: Path) -> None:
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(fresh, undisturbed / "county")
    started = time.monotonic()
    assert start(undisturbed / "county", undisturbed).wait() == 0
    seconds = time.monotonic() - started
    expected = _state(County.open(undisturbed / "county"))
    rows = _rows(County.open(undisturbed / "county"))
    chance, killed, ended = random.Random(20), 0, 0
    for batch in range(KILLS // KILLS_A_COUNTY):
        folder = tmp_path / str(batch)
        shutil.copytree(fresh, folder / "county")
        county = County.open(folder / "county")
        sent = _digests(county)
        while killed < KILLS_A_COUNTY * (batch + 1):
            process = start(county.home, folder)
            try:
                process.wait(timeout=chance.uniform(0.15, 1.0) * seconds)
                ended += 1  # the machine was faster this time: no kill, but what follows is true of it as well
                assert ended < KILLS, "most nights end before their moment"
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                killed += 1
            assert broken(county) == []
            assert sent <= _digests(county)
        run_night(county, date.fromisoformat(AS_OF), date.fromisoformat(KNOWN_ON))
        assert _state(county) == expected and _rows(county) == rows
        assert verify(county, Settings.from_environment(), lambda _line: None) == []
        print(
            f"\n{killed} kill -9 of the whole stack (a night takes {seconds:.0f} s): 0 rows lost, 0 mixed, same state",
            flush=True,
        )
        shutil.rmtree(folder)


def _digests(county: County) -> set[str]:
    """SHA-256 of every file that was sent, in the landing folder or among the originals (named by it)."""
    waiting = [path for path in county.landing.rglob("*") if path.is_file()]
    kept = {path.name.split(".")[0] for path in (county.lake / "originals").glob("*.sealed")}
    return kept | {hashlib.sha256(path.read_bytes()).hexdigest() for path in waiting}


def _state(county: County) -> str:
    current = current_folder(county)
    assert current is not None
    return Manifest.read(current).state


def _rows(county: County) -> tuple[int, int]:
    """Rows of all files, and those that are loaded, rejected or erased."""
    receipts = read_receipts(county)
    return sum(r.rows for r in receipts), sum(r.loaded + r.rejected + r.erased for r in receipts)
