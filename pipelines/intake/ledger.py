"""The ledger: every event of the county in one append-only file, one JSON object per line, never rewritten."""

from __future__ import annotations

import datetime
import fcntl
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from pipelines.county import County
from pipelines.errors import DamageError
from pipelines.intake.receipt import Receipt, receipt_from_event

LEDGER_FILE = "ledger.jsonl"
ERASURE = "erasure"  # event: a person was taken out; `rows` says how many rows of which content
ROTATION = "rotation"  # event: the county's key has a new version
_TAIL = 1 << 16  # bytes looked at first for the last line


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
        if not isinstance(event, dict) or event.get("seq") != number or "event" not in event:
            raise DamageError(f"台账 {file} 第 {number} 行的序号不连续或缺项，可能被删改。请从备份恢复该文件。")
        events.append(event)
    return events, whole


def read_events(county: County) -> list[dict[str, Any]]:
    """Every event so far, oldest first; each has `seq` (1, 2, ...) and `event`. Raises DamageError."""
    file = ledger_path(county)
    return _parse(file.read_bytes(), file)[0] if file.exists() else []


def _end(stream: BinaryIO, file: Path) -> tuple[int, int]:
    """Number of the last whole line of an open ledger, and the length up to its end."""
    size = stream.seek(0, os.SEEK_END)
    reach = _TAIL
    while True:
        start = max(0, size - reach)
        stream.seek(start)
        tail = stream.read(size - start)
        whole = tail.rfind(b"\n") + 1
        before = tail.rfind(b"\n", 0, max(0, whole - 1)) + 1
        if start == 0 or (whole and before):
            break
        reach *= 4
    if not whole:
        return 0, 0
    try:
        return int(json.loads(tail[before:whole])["seq"]), start + whole
    except (ValueError, KeyError, TypeError) as error:
        raise DamageError(f"台账 {file} 的最后一行已损坏。请从备份恢复该文件，不要手工修改。") from error


def append_events(county: County, events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add events, numbered on from the last; returns them with their `seq` once they are safely on disk.

    Safe to call from several processes. Raises DamageError when the ledger's end is not whole, OSError when it
    cannot grow (it is then as it was).
    """
    file = ledger_path(county)
    if not events:
        return []
    file.parent.mkdir(parents=True, exist_ok=True)
    is_new = not file.exists()
    with file.open("a+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        last, length = _end(stream, file)
        numbered = [{"seq": last + place, **event} for place, event in enumerate(events, start=1)]
        lines = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in numbered).encode()
        stream.truncate(length)
        try:
            stream.write(lines)
            stream.flush()
            os.fsync(stream.fileno())
        except OSError:
            stream.truncate(length)
            raise
    if is_new:
        _sync_folder(file.parent)
    return numbered


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_receipts(county: County, known_on: datetime.date | None = None) -> list[Receipt]:
    """Receipts of the files received by the end of day `known_on` (None: all), refused ones too, in ledger order.

    Rows erased since do not count as loaded.
    """
    events = read_events(county)
    erased: dict[str, int] = {}
    for event in events:
        if event["event"] == ERASURE:
            for content, rows in event["rows"].items():
                erased[content] = erased.get(content, 0) + rows
    receipts = [receipt_from_event(event) for event in events if event["event"] == "receipt"]
    receipts = [
        replace(receipt, loaded=receipt.loaded - erased[receipt.content], erased=erased[receipt.content])
        if receipt.content in erased
        else receipt
        for receipt in receipts
    ]
    return [receipt for receipt in receipts if known_on is None or receipt.received_on <= known_on]
