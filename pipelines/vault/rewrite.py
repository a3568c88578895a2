"""Changing what the lake already holds, in one step: new files are made aside, then put in place together.

The lake otherwise only grows. Cut off before the plan is written, nothing has changed; cut off after, the next run
puts the rest in place (`finish`). The county's locks must be held: nobody else writes or reads the lake.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipelines.audit import record, records
from pipelines.county import County
from pipelines.errors import DamageError
from pipelines.intake.lake import sync_folder
from pipelines.intake.ledger import append_events, read_events
from pipelines.vault.key_ring import version_file
from pipelines.warehouse.lake_check import note_sums

_PLAN = "plan.json"
UNFINISHED = "上一次更换密钥或删除个人信息没有做完。运行一次夜间任务即自动完成。"


def _folder(county: County) -> Path:
    return county.lake / ".rewriting"


def is_pending(county: County) -> bool:
    """Whether a rewrite was cut off while its files were put in place."""
    return (_folder(county) / _PLAN).exists()


def require_finished(county: County) -> None:
    """Raise DamageError when a rewrite was cut off: until a night has finished it, the lake is half old, half new."""
    if is_pending(county):
        raise DamageError(UNFINISHED)


class Rewrite:
    """One change of the lake in the making."""

    def __init__(self, county: County) -> None:
        finish(county)
        self._county = county
        self._files = _folder(county) / "files"
        self._files.mkdir(mode=0o700, parents=True)

    def stage(self, place: Path, chunks: Iterable[bytes]) -> None:
        """Make the new content of a file of the lake (in pieces), on the disk but not in its place yet."""
        staged = self._files / place.relative_to(self._county.lake)
        staged.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(staged, chunks)

    def commit(
        self,
        action: str,
        event: dict[str, Any],
        *,
        contents: list[str],
        removed: list[Path],
        key_version: int = 0,
        facts: dict[str, str | int],
    ) -> None:
        """Put everything in place: files, a key version already drafted, ledger, hashes, audit record.

        `event` needs an `id` of its own. `contents` are those whose hashes changed, `removed` files that go.
        """
        plan = {
            "action": action,
            "event": event,
            "contents": contents,
            "removed": [path.relative_to(self._county.lake).as_posix() for path in removed],
            "key_version": key_version,
            "facts": facts,
        }
        draft = _folder(self._county) / f".{_PLAN}"
        _write(draft, [json.dumps(plan, ensure_ascii=False).encode()])
        draft.replace(_folder(self._county) / _PLAN)
        sync_folder(_folder(self._county))
        finish(self._county)


def finish(county: County) -> None:
    """Put in place what a rewrite cut off left to do, or drop what it had only begun. Does nothing otherwise.

    The county's lock must be held.
    """
    folder = _folder(county)
    if is_pending(county):
        _put_in_place(county, json.loads((folder / _PLAN).read_text(encoding="utf-8")))
    else:
        for drafted in county.keys.glob(".person.*.key"):
            drafted.unlink()
    shutil.rmtree(folder, ignore_errors=True)


def _put_in_place(county: County, plan: dict[str, Any]) -> None:
    """Every step may have been done before: doing it again changes nothing."""
    files = _folder(county) / "files"
    for staged in sorted(path for path in files.rglob("*") if path.is_file()):
        place = county.lake / staged.relative_to(files)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        staged.replace(place)
        sync_folder(place.parent)
    for name in plan["removed"]:
        (county.lake / name).unlink(missing_ok=True)
    if plan["key_version"]:
        drafted = draft_key_file(county, plan["key_version"])
        if drafted.exists():
            drafted.rename(version_file(county, plan["key_version"]))
            sync_folder(county.keys)
    event = plan["event"]
    if not any(earlier.get("id") == event["id"] for earlier in read_events(county)):
        append_events(county, [event])
    note_sums(county, set(plan["contents"]))
    if not any(entry["target"] == event["id"] for entry in records(county)):
        record(county, plan["action"], event["id"], **plan["facts"])


def draft_key_file(county: County, version: int) -> Path:
    """Where a key version lies until the lake has been rewritten for it."""
    return county.keys / f".{version_file(county, version).name}"


def write_key(file: Path, key: bytes) -> None:
    """Write a key file."""
    _write(file, [key.hex().encode() + b"\n"])


def _write(file: Path, chunks: Iterable[bytes]) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.writelines(chunks)
        stream.flush()
        os.fsync(stream.fileno())
