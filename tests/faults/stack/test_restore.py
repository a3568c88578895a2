"""The warehouse of a whole county, made again on another machine from lake, ledger and keys alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

from pipelines.county import County
from pipelines.sample_county import write_county
from pipelines.settings import PROJECT
from pipelines.warehouse.manifest import Manifest
from pipelines.warehouse.publish import current_folder

HOUSEHOLDS = 100_000
AS_OF = "2020-06-30"
BACKED_UP = ("county.yml", "keys", "lake", "logs", "policy")


def test_a_county_is_restored_to_the_same_tables(tmp_path: Path) -> None:
    home, other = tmp_path / "county", tmp_path / "other"
    write_county(home, HOUSEHOLDS, 1, as_of=date.fromisoformat(AS_OF), months=15)
    _shouwang("run", "--home", str(home), "--as-of", AS_OF, "--known-on", "2021-01-01")
    published = Manifest.read(_current(home))
    other.mkdir()
    for name in filter(lambda name: (home / name).exists(), BACKED_UP):
        shutil.move(home / name, other / name)
    shutil.rmtree(home)
    told = _shouwang("restore", "--yes", "--home", str(other))
    assert "重做的各表与审计记录中当时发布的完全一致" in told
    restored = Manifest.read(_current(other))
    assert (restored.state, restored.tables) == (published.state, published.tables)
    assert "核对无误" in _shouwang("verify", "--home", str(other))
    rows = sum(table.rows for table in restored.tables.values())
    print(
        f"\n{HOUSEHOLDS} households restored: {len(restored.tables)} tables, {rows} rows, the same state {restored.state[:12]}"
    )


def _current(home: Path) -> Path:
    current = current_folder(County.open(home))
    assert current is not None
    return current


def _shouwang(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pipelines", *arguments], cwd=PROJECT, env=os.environ, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout
