"""Who did what, when: an append-only chain of records, each signed together with the one before it.

`logs/audit.jsonl` holds the records, `keys/audit.head` the number and signature of the last one, so that cutting
off the end is found as well as changing the middle. No record holds a person's data.
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
_SHANGHAI = ZoneInfo("Asia/Shanghai")


def audit_file(county: County) -> Path:
    """Where the county's audit records lie."""
    return county.logs / "audit.jsonl"


def record(county: County, action: str, target: str, **facts: str | int) -> None:
    """Append one record: who (the system's account), when, did `action` on `target`, with some figures.

    It is on the disk when this returns. Raises DamageError when the chain is broken, OSError when it cannot grow.
    """
    key = secret_key(county, AUDIT_KEY)
    with _locked(county) as stream:
        content = stream.read()
        whole = content.rfind(b"\n") + 1  # what follows the last line feed was never acknowledged
        last = _parse(content[:whole].splitlines()[-1]) if whole else {"seq": 0, "sign": ""}
        if last is None:
            raise DamageError(f"审计记录 {audit_file(county)} 的末行已损坏。请用 shouwang verify 查明。")
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
        stream.truncate(whole)
        stream.seek(whole)
        stream.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
        _write_head(county, key, entry)


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
    head = _parse((county.keys / _HEAD).read_bytes()) if (county.keys / _HEAD).exists() else None
    if head is None or head.get("sign") != _sign(key, head):
        return ["审计记录的末尾标记（keys/audit.head）缺失或被改动"]
    if len(lines) < head["seq"]:
        return [f"审计记录末尾被截去：应有 {head['seq']} 行，现有 {len(lines)} 行"]
    there = _parse(lines[head["seq"] - 1])
    if there is None or there.get("sign") != head["last"]:
        return [f"审计记录第 {head['seq']} 行不是当时写下的那一行"]
    return []


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
