"""kill -9 of the kernel, at random moments and before every step that touches the disk.

After each kill: no received byte is gone, and `current` is wholly old or wholly new. After one clean run: the same
tables as a county that was never disturbed.
"""

from __future__ import annotations

import hashlib
import itertools
import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from pipelines.county import County
from pipelines.intake.lake import original_chunks
from pipelines.recovery import verify
from pipelines.settings import Settings
from pipelines.vault.key_ring import KeyRing
from pipelines.warehouse.invariants import broken
from pipelines.warehouse.manifest import Manifest
from pipelines.warehouse.publish import current_folder

from .doomed import Doomed, finish_night, kernel_night
from .small_county import MONTHS, drop_file, write_small_county

FULL = Settings.from_environment().full_faults
RANDOM_KILLS = 200 if FULL else 16
KILLS_A_COUNTY = 4
MOMENTS = 1_000 if FULL else 8
SEED = 20200630


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """An undisturbed county's fresh copy, its state, how long its night takes, and how many disk calls it makes."""
    folder = tmp_path_factory.mktemp("undisturbed")
    fresh = write_small_county(folder / "fresh").home
    for name in ("first", "run"):  # the first night also waits for the server that all are forked from
        shutil.copytree(fresh, folder / name)
        started = time.monotonic()
        calls = finish_night(folder / name)
    seconds = time.monotonic() - started
    current = current_folder(County.open(folder / "run"))
    assert current is not None
    return {"fresh": fresh, "state": Manifest.read(current).state, "seconds": seconds, "calls": calls}


def test_random_kills_lose_and_mix_nothing(undisturbed: dict[str, object], tmp_path: Path) -> None:
    chance, killed, ended = random.Random(SEED), 0, 0
    longest = 1.1 * float(str(undisturbed["seconds"]))  # a moment within a night as long as the machine makes them now
    for batch in range(RANDOM_KILLS // KILLS_A_COUNTY):
        county = _copy(undisturbed, tmp_path / str(batch))
        sent = _digests(county)
        while killed < KILLS_A_COUNTY * (batch + 1):
            process = Doomed(kernel_night, county.home)
            moment = chance.uniform(0.0, longest)
            time.sleep(moment)
            if process.kill():
                killed += 1
                longest = max(longest, 1.2 * moment)
            else:
                ended += 1
                longest = max(moment, 0.8 * longest)
                assert ended < RANDOM_KILLS, "most nights end before their moment"
            _nothing_lost_nothing_mixed(county, sent)
        _one_clean_run_heals(county, undisturbed)
        shutil.rmtree(county.home)
    print(
        f"\n{killed} kill -9 at random moments ({ended} nights more had ended before theirs): 0 rows lost, 0 mixed, the same state after one clean night each"
    )


def test_kill_before_each_touch_of_the_disk(undisturbed: dict[str, object], tmp_path: Path) -> None:
    calls = int(str(undisturbed["calls"]))
    moments = range(1, calls + 1) if calls <= MOMENTS else _one_of_each_stretch(calls)
    for die_at in moments:
        county = _copy(undisturbed, tmp_path / str(die_at))
        sent = _digests(county)
        code, _ = Doomed(kernel_night, county.home, die_at).end()
        assert code == -signal.SIGKILL, f"did not reach call {die_at} of {calls}"
        _nothing_lost_nothing_mixed(county, sent)
        _one_clean_run_heals(county, undisturbed)
        shutil.rmtree(county.home)
    print(
        f"\n{len(moments)} of {calls} touches of the disk (seed {SEED}), killed before each: 0 rows lost, 0 mixed, the same state"
    )


def _one_of_each_stretch(calls: int) -> list[int]:
    """A moment at random in each of equal stretches of the night."""
    chance = random.Random(SEED)
    edges = [1 + calls * number // MOMENTS for number in range(MOMENTS + 1)]
    return [chance.randrange(start, end) for start, end in itertools.pairwise(edges)]


def test_files_that_come_between_kills_are_all_taken(undisturbed: dict[str, object], tmp_path: Path) -> None:
    county = write_small_county(tmp_path / "county", MONTHS[:2])
    shutil.copy(Path(str(undisturbed["fresh"])) / "landing" / "received.csv", county.landing / "received.csv")
    chance = random.Random(4)
    for month in MONTHS[2:]:
        drop_file(county, month)
        process = Doomed(kernel_night, county.home)
        time.sleep(chance.uniform(0.5, 1.0) * float(str(undisturbed["seconds"])))
        process.kill()
        _nothing_lost_nothing_mixed(county, set())
    _one_clean_run_heals(county, undisturbed)


def _copy(undisturbed: dict[str, object], home: Path) -> County:
    shutil.copytree(Path(str(undisturbed["fresh"])), home)
    return County.open(home)


def _digests(county: County) -> set[str]:
    """SHA-256 of every received file, wherever it lies now."""
    landed = {hashlib.sha256(file.read_bytes()).hexdigest() for file in county.landing.glob("*/*.csv")}
    kept = {file.name.split(".")[0] for file in (county.lake / "originals").glob("*")}
    for digest in kept:
        whole = b"".join(original_chunks(county, KeyRing.of(county), digest, ".csv"))
        assert hashlib.sha256(whole).hexdigest() == digest
    return landed | kept


def _nothing_lost_nothing_mixed(county: County, sent: set[str]) -> None:
    assert sent <= _digests(county)
    assert broken(county) == []


def _one_clean_run_heals(county: County, undisturbed: dict[str, object]) -> None:
    finish_night(county.home)
    current = current_folder(county)
    assert current is not None
    assert Manifest.read(current).state == undisturbed["state"]
    assert verify(county, Settings.from_environment(), lambda _line: None) == []
    assert [path.name for path in county.published.glob(".*")] == []
    assert list(county.landing.glob("*/*.csv")) == []
