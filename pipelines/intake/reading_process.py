"""The child process in which files are parsed, so that none of them can crash, hang or bloat the county's run.

The parent (`Readers` in `readers.py`) writes one JSON request a line, the child answers with one JSON line. The child
never sees the ledger or the landing folder's other files; what it wrote is only believed after it has answered.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.intake.key_reach import key_reach
from pipelines.intake.read_file import read_file
from pipelines.intake.refusal import RefusedError
from pipelines.vault.key_ring import KeyRing
from pipelines.vault.seal import seal

ACCEPTED, VAULT, REJECTED = "accepted.parquet", "vault.parquet", "rejected.parquet"
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
RETURNED = "returned.parquet"  # only when rows were rejected


def _write(frame: pl.DataFrame, file: Path) -> None:
    content = io.BytesIO()
    frame.write_parquet(content, compression="zstd")
    _write_bytes(content.getvalue(), file)


def _write_sealed(frame: pl.DataFrame, file: Path, keys: KeyRing, content_name: str) -> None:
    """What names people never touches the disk in the clear."""
    content = io.BytesIO()
    frame.write_parquet(content, compression="zstd")
    _write_bytes(seal(content.getvalue(), keys, f"{file.name} {content_name}"), file)


def _write_bytes(content: bytes, file: Path) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    """Read one file and write its rows into the request's folder."""
    descriptor = os.open(request["path"], os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as stream:
        content = stream.read()
    digest = hashlib.sha256(content).hexdigest()
    if digest != request["digest"]:
        return {"changed": True}
    keys = KeyRing(tuple(map(bytes.fromhex, request["keys"])))
    try:
        reading = read_file(request["file"], content, keys.current, keys.earlier, password=request["password"])
    except RefusedError as error:
        return {"refused": {"code": error.refusal.code, "reason": error.refusal.reason}}
    folder = Path(request["folder"])
    _write(reading.rows.accepted, folder / ACCEPTED)
    _write_sealed(reading.rows.vault, folder / VAULT, keys, reading.content)
    _write(reading.rows.rejected, folder / REJECTED)
    if reading.rows.returned.height:
        _write_sealed(reading.rows.returned, folder / RETURNED, keys, reading.content)
    reach = key_reach(reading.contract, reading.rows.accepted)
    return {
        "form": reading.contract.form,
        "period": reading.period.text,
        "period_start": reading.period.start.isoformat(),
        "period_end": reading.period.end.isoformat(),
        "content": reading.content,
        "rows": reading.rows.rows,
        "loaded": reading.rows.accepted.height,
        "rejected": reading.rows.rejected.height,
        "sheet": reading.sheet,
        "encoding": reading.encoding,
        "key_first": reach.first.isoformat() if reach.first else None,
        "key_last": reach.last.isoformat() if reach.last else None,
        "repeats_keys": reach.repeats,
        "remarks": list(reading.remarks),
        "answers": list(reading.rows.answers),
    }


def _limit_memory(megabytes: int) -> None:
    """Let this process's address space grow by no more than so much from here."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    now = pages * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + (megabytes << 20), resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_cpu(seconds: int) -> None:
    """Let this process use so many more seconds of CPU."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, resource.RLIM_INFINITY))


def serve() -> None:
    """Answer requests until the parent closes the pipe; one that cannot be answered ends the process."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    answers.write("ready\n")
    answers.flush()
    for line in sys.stdin:
        request = json.loads(line)
        _limit_memory(request["memory_mb"])
        _limit_cpu(request["cpu_seconds"])
        try:
            answer = _answer(request)
        except MemoryError:
            answer = {"failed": "memory"}
        except FileNotFoundError:
            answer = {"changed": True}
        except OSError as error:
            answer = {"failed": "disk" if error.errno in _DISK_FULL else type(error).__name__}
        except Exception as error:  # whatever a file provoked: its type is told, never its text (it may hold a person)
            answer = {"failed": type(error).__name__}
        answers.write(json.dumps(answer, ensure_ascii=False) + "\n")
        answers.flush()
        if "failed" in answer:
            os._exit(1)


if __name__ == "__main__":
    serve()
