"""The ledger as it was at each publish, so that a change of what was written long ago is found."""

from __future__ import annotations

import hashlib

from pipelines.audit import records
from pipelines.county import County
from pipelines.errors import DamageError
from pipelines.intake.ledger import ledger_path


def seal_of_ledger(county: County) -> dict[str, str | int]:
    """Length and SHA-256 of the ledger now, for the audit record of a publish."""
    content = ledger_path(county).read_bytes() if ledger_path(county).is_file() else b""
    return {"ledger_bytes": len(content), "ledger_sha256": hashlib.sha256(content).hexdigest()}


def ledger_problem(county: County) -> str | None:
    """What is wrong with the part of the ledger that the last publish saw (Chinese), or None."""
    published = [entry["facts"] for entry in records(county) if entry["action"] == "publish"]
    if not published:
        return None
    length, expected = published[-1]["ledger_bytes"], published[-1]["ledger_sha256"]
    file = ledger_path(county)
    content = file.read_bytes()[:length] if file.is_file() else b""
    if len(content) == length and hashlib.sha256(content).hexdigest() == expected:
        return None
    return f"台账 {file} 与上次发布时不同：以前写下的内容被改动、截短或损坏。请从备份恢复该文件，不要手工修改。"


def require_whole_ledger(county: County) -> None:
    """Raise DamageError when what earlier nights wrote into the ledger is not there any more as it was."""
    problem = ledger_problem(county)
    if problem:
        raise DamageError(problem)
