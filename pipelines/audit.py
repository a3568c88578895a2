"""Who did what, when: an append-only chain of records, each signed together with the one before it.

`logs/audit.jsonl` holds the records, `keys/audit.head` the number and signature of the last one, so that cutting
off the end is found as well as changing the middle. Appending looks at the end of the chain only; `audit_problems`
reads all of it. No record holds a person's data.
"""

from __future__ import annotations

import fcntl
import getpass
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives import hashes, hmac

from pipelines.county import County
from pipelines.errors import DamageError
from pipelines.keys import secret_key

AUDIT_KEY = "audit.key"
_HEAD = "audit.head"
_BLOCK = 1 << 12
_SHANGHAI = ZoneInfo("Asia/Shanghai")


def audit_file(county: County) -> Path:
    """Where the county's audit records lie."""
    return county.logs / "audit.jsonl"


def record(county: County, action: str, target: str, **facts: str | int) -> None:
    """Append one record: who (the system's account), when, did `action` on `target`, with some figures.

    It is on the disk when this returns. Raises DamageError when the chain's end is not what was last written there,
    OSError when it cannot grow.
    """
    key = secret_key(county, AUDIT_KEY)
    with _locked(county) as stream:
        line, end = _last_line(stream)
        last = _sound_end(county, key, line)
        entry: dict[str, Any] = {
            "seq": last["seq"] + 1,
            "at": datetime.now(_SHANGHAI).isoformat(timespec="seconds"),
            "actor": _actor(),
            "action": action,
            "target": target,
            "facts": facts,
            "before": last["sign"],
        }
        entry["sign"] = _sign(key, entry)
        stream.truncate(end)
        stream.seek(end)
        stream.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
        _write_head(county, key, entry)


def _last_line(stream: BinaryIO) -> tuple[bytes, int]:
    """The last whole line, and where it ends: what follows its line feed was never acknowledged."""
    size, block = stream.seek(0, os.SEEK_END), _BLOCK
    while True:
        start = max(0, size - block)
        stream.seek(start)
        *lines, unfinished = stream.read(size - start).split(b"\n")
        if len(lines) > 1 or start == 0:  # the first of several may be cut in two
            return lines[-1] if lines else b"", size - len(unfinished)
        block *= 2


def _sound_end(county: County, key: bytes, line: bytes) -> dict[str, Any]:
    """The record to go on from. Raises DamageError when the end is not what keys/audit.head says was written.

    A kill may leave one record that the head does not know yet. Anything else is held against the whole chain: a
    record added to a chain that was cut would hide the cut.
    """
    last = _parse(line) if line else {"seq": 0, "sign": ""}
    head = _head(county, key) or {"seq": 0, "last": ""}
    if last is not None and (not line or last.get("sign") == _sign(key, last)):
        is_written = (last["seq"], last["sign"]) == (head["seq"], head["last"])
        is_one_ahead = (last["seq"], last.get("before")) == (head["seq"] + 1, head["last"])
        if is_written or is_one_ahead:
            return last
    problems = audit_problems(county)
    if problems or last is None:
        told = "；".join(problems) or f"{audit_file(county)} 的末行已损坏"
        raise DamageError(
            f"{told}。不再续写，以免掩盖。请从备份恢复 logs/audit.jsonl；"
            "确实无法恢复的，把它和 keys/audit.head 一并移走存证，守望另起一条。"
        )
    return last


def records(county: County) -> list[dict[str, Any]]:
    """Every readable record, oldest first, unverified; none before the first."""
    file = audit_file(county)
    lines = file.read_bytes().splitlines() if file.exists() else []
    return [entry for entry in map(_parse, lines) if entry is not None]


def audit_problems(county: County) -> list[str]:
    """What is wrong with the chain, in Chinese with line numbers; an empty list when nothing is."""
    file = audit_file(county)
    if not file.exists():
        return [f"审计记录 {file} 不见了"] if (county.keys / _HEAD).exists() else []
    key = secret_key(county, AUDIT_KEY)
    content = file.read_bytes()
    lines = content[: content.rfind(b"\n") + 1].splitlines()
    problems, before, seq = [], "", 0
    for number, line in enumerate(lines, start=1):
        entry = _parse(line)
        if entry is None or entry.get("sign") != _sign(key, entry):
            problems.append(f"审计记录第 {number} 行被改动或损坏")
        elif entry["before"] != before or entry["seq"] != seq + 1:
            problems.append(f"审计记录第 {number} 行与前一行不相接：其间有记录被删除、插入或调换")
        if entry is not None:
            before, seq = str(entry.get("sign", "")), int(entry.get("seq", number))
    return problems + _head_problems(county, key, lines)


def _head_problems(county: County, key: bytes, lines: list[bytes]) -> list[str]:
    """Whether the last record known to have been written is still there."""
    head = _head(county, key)
    if head is None:
        return ["审计记录的末尾标记（keys/audit.head）缺失或被改动"]
    if len(lines) < head["seq"]:
        return [f"审计记录末尾被截去：应有 {head['seq']} 行，现有 {len(lines)} 行"]
    there = _parse(lines[head["seq"] - 1])
    if there is None or there.get("sign") != head["last"]:
        return [f"审计记录第 {head['seq']} 行不是当时写下的那一行"]
    return []


def _head(county: County, key: bytes) -> dict[str, Any] | None:
    """Number and signature of the last record known to have been written; None when missing or not our own."""
    file = county.keys / _HEAD
    head = _parse(file.read_bytes()) if file.exists() else None
    return head if head is not None and head.get("sign") == _sign(key, head) else None


def _write_head(county: County, key: bytes, entry: dict[str, Any]) -> None:
    """Note the last record's number and signature, signed, in one step."""
    head = {"seq": entry["seq"], "last": entry["sign"]}
    head["sign"] = _sign(key, head)
    draft = county.keys / f".{_HEAD}"
    with draft.open("w", encoding="ascii") as stream:
        json.dump(head, stream)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(county.keys / _HEAD)


@contextmanager
def _locked(county: County) -> Iterator[BinaryIO]:
    """The audit file, open for reading and appending, by one process at a time."""
    county.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(audit_file(county), os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield stream


def _sign(key: bytes, signed: dict[str, Any]) -> str:
    """HMAC-SM3 over all fields but the signature itself."""
    code = hmac.HMAC(key, hashes.SM3())
    fields = {name: value for name, value in signed.items() if name != "sign"}
    code.update(json.dumps(fields, ensure_ascii=False, sort_keys=True).encode())
    return code.finalize().hex()


def _parse(line: bytes) -> dict[str, Any] | None:
    """One record, or None when the line is none."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def _actor() -> str:
    """The account that acts."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = str(os.getuid())
    return name
