"""The ledger: every event of the county in one append-only file, one JSON object per line, never rewritten."""

from __future__ import annotations

import datetime
import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from pipelines.county import County
from pipelines.errors import DamageError
from pipelines.intake.receipt import Receipt, receipt_from_event

LEDGER_FILE = "ledger.jsonl"


def ledger_path(county: County) -> Path:
    """Where the county's ledger lies."""
    return county.lake / LEDGER_FILE


def _parse(content: bytes, file: Path) -> tuple[list[dict[str, Any]], int]:
    """Events of a ledger's bytes, and how many of the bytes are whole lines.

    What follows the last line feed was never acknowledged (the write was cut off) and does not count.
    """
    whole = content.rfind(b"\n") + 1
    events = []
    for number, line in enumerate(content[:whole].splitlines(), start=1):
        try:
            event = json.loads(line)
        except ValueError as error:
            raise DamageError(f"台账 {file} 第 {number} 行已损坏。请从备份恢复该文件，不要手工修改。") from error
        if not isinstance(event, dict) or event.get("seq") != number:
            raise DamageError(f"台账 {file} 第 {number} 行的序号不连续，可能被删改。请从备份恢复该文件。")
        events.append(event)
    return events, whole


def read_events(county: County) -> list[dict[str, Any]]:
    """Every event so far, oldest first; each has `seq` (1, 2, ...) and `event`. Raises DamageError."""
    file = ledger_path(county)
    return _parse(file.read_bytes(), file)[0] if file.exists() else []


@contextmanager
def _locked(file: Path) -> Iterator[BinaryIO]:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield stream


def append_events(county: County, events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add events, numbered on from the last; returns them with their `seq` once they are safely on disk.

    Safe to call from several processes. Raises DamageError when the ledger is not whole, OSError when it cannot grow.
    """
    file = ledger_path(county)
    if not events:
        return []
    with _locked(file) as stream:
        stream.seek(0)
        earlier, whole = _parse(stream.read(), file)
        numbered = [{"seq": len(earlier) + place, **event} for place, event in enumerate(events, start=1)]
        lines = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in numbered).encode()
        stream.truncate(whole)
        try:
            stream.write(lines)
            stream.flush()
            os.fsync(stream.fileno())
        except OSError:
            stream.truncate(whole)
            raise
    _sync_folder(file.parent)
    return numbered


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_receipts(county: County, known_on: datetime.date | None = None) -> list[Receipt]:
    """Receipts of the files received by the end of day `known_on` (None: all), refused ones too, in ledger order."""
    receipts = [receipt_from_event(event) for event in read_events(county) if event["event"] == "receipt"]
    return [receipt for receipt in receipts if known_on is None or receipt.received_on <= known_on]
