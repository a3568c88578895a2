"""Readers at work while publishers publish and die: every read finds one whole night, and time never runs back."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from pipelines.county import County
from pipelines.settings import PROJECT, Settings
from pipelines.warehouse.connect import open_published
from pipelines.warehouse.manifest import folder_damage
from pipelines.warehouse.publish import CURRENT, published_folders

FULL = Settings.from_environment().full_faults
PUBLISHES, READS = (300, 1_000) if FULL else (40, 150)
READERS = 3


@dataclass
class Readings:
    """What the readers saw: the number of each read, by reader, and everything that was wrong."""

    numbers: dict[int, list[int]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(len(numbers) for numbers in self.numbers.values())


def test_readers_never_meet_half_a_night(tmp_path: Path) -> None:
    county = County(home=tmp_path, name="样例县", region="350123", documents=("FQ",))
    chance, published, kills, readings, done = random.Random(300), 0, 0, Readings(), threading.Event()
    readers = [threading.Thread(target=_read, args=(county, who, readings, done)) for who in range(READERS)]
    for reader in readers:
        reader.start()
    deadline = time.monotonic() + 900
    try:
        while (published < PUBLISHES or readings.count < READS) and time.monotonic() < deadline:
            published += _publish_until_killed(county, published + kills + 1, chance.uniform(1.5, 3.5))
            kills += 1  # it may have published one more than it said
    finally:
        done.set()
        for reader in readers:
            reader.join()
    told = f"{published} publishes, {kills} publishers killed, {readings.count} reads: {len(readings.faults)} failed or mixed"
    print(f"\n{told}")
    assert readings.faults == []
    assert published >= PUBLISHES
    assert readings.count >= READS
    assert all(numbers == sorted(numbers) for numbers in readings.numbers.values())
    assert [folder.name for folder in published_folders(county) if folder_damage(folder)] == []


def _publish_until_killed(county: County, first: int, seconds: float) -> int:
    """Let a publisher work for a while, then kill it; returns how many it says it published."""
    publisher = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.kernel.publisher", str(county.home), str(first)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert publisher.stdout is not None
    publisher.stdout.readline()
    time.sleep(seconds)
    os.killpg(publisher.pid, signal.SIGKILL)
    output, _ = publisher.communicate()
    return 1 + len(output.split())


def _read(county: County, who: int, readings: Readings, done: threading.Event) -> None:
    """Read all of `current` over and over: tables, list and manifest must tell the same number."""
    settings = Settings.from_environment()
    numbers = readings.numbers.setdefault(who, [])
    while not done.is_set():
        if not (county.published / CURRENT).exists():
            time.sleep(0.05)
            continue
        try:
            folder = (county.published / CURRENT).resolve()
            listed = int((folder / "lists" / "town.txt").read_text(encoding="ascii"))
            damage = folder_damage(folder)
            connection = open_published(county.published, settings, county.home / f"spill-{who}")
            query = "SELECT min(n), max(n), count(*) FROM (FROM first UNION ALL FROM second)"
            ((low, high, rows),) = connection.execute(query).fetchall()
            connection.close()
        except (OSError, duckdb.Error, ValueError) as error:
            readings.faults.append(repr(error))
            continue
        if damage or (low, rows) != (high, 1_000) or low < listed:
            readings.faults.append(f"{folder.name}: {damage} {listed} {low} {high} {rows}")
        numbers.append(low)
