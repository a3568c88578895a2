"""The folder in which files are read: emptied at the start, and shared with nobody, a killed run's process included."""

from __future__ import annotations

import hashlib
import shutil

from pipelines.intake.readers import Readers, ReadOutcome
from pipelines.vault.key_ring import KeyRing

KEYS = KeyRing((bytes(32),))


def read(readers, file) -> ReadOutcome:
    return readers.read(file, file.name, hashlib.sha256(file.read_bytes()).hexdigest(), size=file.stat().st_size)


def test_what_a_killed_run_still_writes_is_never_where_this_runs_rows_are(tmp_path, monkeypatch):
    file, folder = tmp_path / "2020-05.txt", tmp_path / "reading"
    file.write_text("甲,乙\n", encoding="utf-8")
    with Readers(folder, KEYS) as killed:
        left = read(killed, file).folder
        monkeypatch.setattr(shutil, "rmtree", lambda *_arguments, **_options: None)  # it writes on as fast as we empty
        with Readers(folder, KEYS) as readers:
            own = read(readers, file).folder
        assert left.is_dir()
        assert own.parent != left.parent
        monkeypatch.undo()
    assert not folder.exists()


def test_what_an_earlier_run_left_is_emptied(tmp_path):
    folder = tmp_path / "reading"
    (folder / "left").mkdir(parents=True)
    (folder / "left" / "accepted.parquet").write_bytes(b"rows")
    with Readers(folder, KEYS):
        assert [path.name for path in folder.rglob("*.parquet")] == []
