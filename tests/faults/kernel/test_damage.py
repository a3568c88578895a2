"""Damaged files: every one is found and named; what can be made again is, and gives the same tables."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines import night, recovery
from pipelines.county import County
from pipelines.errors import DamageError
from pipelines.recovery import mend, restore, roll_back, verify
from pipelines.settings import Settings
from pipelines.warehouse import identity
from pipelines.warehouse.manifest import Manifest
from pipelines.warehouse.publish import current_folder

from .doomed import Doomed, finish_night, kernel_night
from .small_county import drop_file, stand_in, write_small_county

SETTINGS = Settings.from_environment()
FOUND = 300 if SETTINGS.full_faults else 60
HEALED = 40 if SETTINGS.full_faults else 6
PLACES = ("lake/forms", "lake/vault", "lake/rejected", "lake/originals", "published", "lake/ledger.jsonl")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An undamaged county with one published night."""
    county = write_small_county(tmp_path_factory.mktemp("whole") / "county")
    finish_night(county.home)
    assert problems_of(county.home) == []
    return county.home


def problems_of(home: Path) -> list[str]:
    return verify(County.open(home), SETTINGS, lambda _line: None)


def state_of(home: Path) -> str:
    current = current_folder(County.open(home))
    assert current is not None
    return Manifest.read(current).state


def test_every_damage_is_found(whole: Path, tmp_path: Path) -> None:
    chance = random.Random(300)
    home = tmp_path / "county"
    shutil.copytree(whole, home, symlinks=True)
    unchanged = 0
    for _ in range(FOUND):
        file = _some_file(home, chance.choice(PLACES), chance)
        original = file.read_bytes()
        _damage(file, chance)
        if file.exists() and file.read_bytes() == original:
            unchanged += 1
            continue
        assert problems_of(home), f"{file} was damaged and nobody noticed"
        _put_back(file, original)
    assert problems_of(home) == []
    print(f"\n{FOUND} damaged files: {FOUND - unchanged} changed something, all found")


def test_lake_and_published_heal_by_one_more_night(whole: Path, tmp_path: Path) -> None:
    chance = random.Random(301)
    for trial in range(HEALED):
        home = tmp_path / str(trial)
        shutil.copytree(whole, home, symlinks=True)
        for place in ("lake/forms", "lake/vault", "lake/rejected", "published"):
            _damage(_some_file(home, place, chance), chance)
        finish_night(home)
        assert state_of(home) == state_of(whole)
        assert problems_of(home) == []
        shutil.rmtree(home)
    print(f"\n{HEALED} counties with 4 damaged files each: all healed by one night to the same state")


def test_mend_drops_what_is_damaged_and_goes_back_to_what_is_whole(whole: Path, tmp_path: Path) -> None:
    home = tmp_path / "county"
    shutil.copytree(whole, home, symlinks=True)
    county = County.open(home)
    first = current_folder(county)
    drop_file(county, "2020-07")
    with (county.landing / "received.csv").open("a", encoding="utf-8") as received:
        received.write("employment/2020-07.csv,2020-06-30,7\n")
    finish_night(home)
    second = current_folder(county)
    assert first is not None and second is not None and first != second
    _put_back(second / "warehouse.duckdb", b"x")
    assert problems_of(home) != []
    mend(county, lambda _line: None)
    assert problems_of(home) == []
    assert current_folder(county) == first and not second.exists()


def test_row_and_original_both_gone_is_told_with_the_file(whole: Path, tmp_path: Path) -> None:
    home = tmp_path / "county"
    shutil.copytree(whole, home, symlinks=True)
    for place in ("lake/forms", "lake/originals"):
        for file in (home / place).rglob("*.*"):
            file.unlink()
    _, errors = Doomed(kernel_night, home).end()
    assert "都已缺失或损坏" in errors and "employment/2020-01.csv" in errors
    assert state_of(home) == state_of(whole)


def test_edited_ledger_stops_the_night(whole: Path, tmp_path: Path) -> None:
    home = tmp_path / "county"
    shutil.copytree(whole, home, symlinks=True)
    ledger = home / "lake" / "ledger.jsonl"
    ledger.write_text(ledger.read_text(encoding="utf-8").replace('"rejected": 5', '"rejected": 4', 1), encoding="utf-8")
    _, errors = Doomed(kernel_night, home).end()
    assert "以前写下的内容被改动" in errors
    assert state_of(home) == state_of(whole)


def test_restore_from_lake_ledger_and_keys_alone(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("run_dbt", "score_night", "write_all", "hand_out"):
        monkeypatch.setattr(night, name, getattr(night, name, None), raising=False)  # put back after the test
    for module in (identity, recovery):
        monkeypatch.setattr(module, "code_version", lambda _: "test")
    home = tmp_path / "county"
    shutil.copytree(whole, home, symlinks=True)
    stand_in(night)
    restored = restore(County.open(home), SETTINGS, lambda _line: None)
    assert restored.changed == ""
    assert restored.report.state == restored.expected == state_of(whole)
    assert problems_of(home) == []


def test_rollback_refuses_a_damaged_night(whole: Path, tmp_path: Path) -> None:
    home = tmp_path / "county"
    shutil.copytree(whole, home, symlinks=True)
    county = County.open(home)
    current = current_folder(county)
    assert current is not None
    _put_back(current / "warehouse.duckdb", b"x")
    with pytest.raises(DamageError, match="不能回退"):
        roll_back(county, current.name)


def _some_file(home: Path, place: str, chance: random.Random) -> Path:
    path = home / place
    return (
        path
        if path.is_file()
        else chance.choice(sorted(file for file in path.rglob("*.*") if file.is_file() and not file.is_symlink()))
    )


def _damage(file: Path, chance: random.Random) -> None:
    content = bytearray(file.read_bytes())
    at = chance.randrange(len(content))
    kinds: dict[str, Callable[[], bytes | None]] = {
        "truncate": lambda: bytes(content[:at]),
        "zero": lambda: bytes(content[:at] + b"\0" * min(64, len(content) - at) + content[at + 64 :]),
        "flip": lambda: bytes(content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :]),
        "lose": lambda: None,
    }
    damaged = kinds[chance.choice(sorted(kinds))]()
    if damaged is None:
        file.unlink()
    else:
        _put_back(file, damaged)


def _put_back(file: Path, content: bytes) -> None:
    if file.exists():
        file.chmod(0o600)
    file.write_bytes(content)
