"""Parsing in a child process with limits: one small child, used for file after file, replaced when one harms it."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, cast

from pipelines.intake.refusal import Refusal
from pipelines.settings import PROJECT, child_environment
from pipelines.vault.key_ring import KeyRing

_AGAIN = "请在 Excel 或 WPS 中打开，只保留数据区域，复制到新工作簿另存为 .xlsx 后重报；数据很多时请按乡镇分成几份。"
_STARTING_SECONDS = 120
_FILES_PER_CHILD = 400


@dataclass(frozen=True)
class Limits:
    """What reading one file may take.

    file_mb: largest file that is opened at all. memory_mb: growth of the child's address space.
    cpu_seconds, wall_seconds: for a small file; each further megabyte adds one second (of CPU) and three (of time).
    """

    file_mb: int = 1024
    memory_mb: int = 6144
    cpu_seconds: int = 40
    wall_seconds: int = 120


@dataclass(frozen=True)
class ReadOutcome:
    """What the child found: `summary` (keys as in `reading_process`) with Parquet files in `folder`, or a refusal.

    changed: the file was not the same any more when the child opened it; it is left for the next time.
    """

    folder: Path
    summary: dict[str, Any] | None = None
    refused: Refusal | None = None
    changed: bool = False


class Readers:
    """Reads files in a child process; use as a context manager, which ends the child.

    `folder` is emptied at the start; the child writes each file's rows into a folder of its own in it. A child whose
    run was killed may still be writing there: what it leaves is never where this run's rows are.
    `password` opens workbooks that came back as encrypted as they were handed out.
    """

    def __init__(self, folder: Path, keys: KeyRing, limits: Limits | None = None, password: str = "") -> None:
        self._folder = folder
        self._own = folder
        self._count = 0
        self._keys = [key.hex() for key in keys.versions]
        self._password = password
        self._limits = limits or Limits()
        self._child: _Child | None = None
        self._answered = 0

    def __enter__(self) -> Readers:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        self._own = Path(tempfile.mkdtemp(dir=self._folder))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()
        shutil.rmtree(self._folder, ignore_errors=True)

    def read(self, path: Path, file: str, digest: str, *, size: int) -> ReadOutcome:
        """Read one file of `size` bytes; `file` is its name relative to `landing/`, `digest` its SHA-256.

        Never raises because of the file: whatever it does to the child becomes a coded refusal. Raises OSError when
        the disk has no room for its rows.
        """
        megabytes = size >> 20
        self._count += 1
        folder = self._own / str(self._count)
        folder.mkdir(mode=0o700)
        if megabytes > self._limits.file_mb:
            return self._refuse(
                folder,
                "too_large",
                f"文件有 {megabytes} MB，超过 {self._limits.file_mb} MB 的上限。请按乡镇或月份分成几份后重报。",
            )
        request = {
            "path": str(path),
            "file": file,
            "digest": digest,
            "folder": str(folder),
            "keys": self._keys,
            "password": self._password,
            "memory_mb": self._limits.memory_mb,
            "cpu_seconds": self._limits.cpu_seconds + megabytes,
        }
        return self._outcome(folder, self._ask(request, self._limits.wall_seconds + 3 * megabytes))

    def _outcome(self, folder: Path, answer: dict[str, Any]) -> ReadOutcome:
        if "changed" in answer:
            return ReadOutcome(folder, changed=True)
        if "refused" in answer:
            return ReadOutcome(folder, refused=Refusal(**answer["refused"]))
        if "failed" not in answer:
            return ReadOutcome(folder, summary=answer)
        if answer["failed"] == "disk":  # no fault of the file: it must be read again when there is room
            raise OSError(errno.ENOSPC, "no room for the rows of a file")
        if answer["failed"] == "slow":
            return self._refuse(folder, "too_slow", f"读取超时，文件可能含有大量空白格式或已损坏。{_AGAIN}")
        if answer["failed"] in ("memory", "killed"):
            return self._refuse(
                folder, "too_much_memory", f"读取时占用内存超过上限，文件可能含有大量空白格式或隐藏内容。{_AGAIN}"
            )
        return self._refuse(folder, "unreadable", f"文件内容异常，无法读取（{answer['failed']}）。{_AGAIN}")

    @staticmethod
    def _refuse(folder: Path, code: str, reason: str) -> ReadOutcome:
        return ReadOutcome(folder, refused=Refusal(code, reason))

    def _ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The child's answer, or `{"failed": "slow" or "killed"}` when it did not live to give one."""
        child = self._child = self._child or _Child()
        answer = child.ask(request, seconds)
        self._answered += 1
        if "failed" in answer or self._answered >= _FILES_PER_CHILD:
            self._end()
        return answer

    def _end(self) -> None:
        if self._child:
            self._child.end()
        self._child, self._answered = None, 0


class _Child:
    """One running `reading_process`. Raises RuntimeError when it cannot be started."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pipelines.intake.reading_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=PROJECT,
            env=child_environment(POLARS_MAX_THREADS="2"),
            start_new_session=True,
        )
        self._requests = cast(BinaryIO, self._process.stdin)
        self._answers = cast(BinaryIO, self._process.stdout).fileno()
        self._buffer = b""
        if self._line(_STARTING_SECONDS) != b"ready":
            self.end()
            raise RuntimeError("the reading process did not start")

    def ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The child's answer to one request, or how it failed to give one."""
        try:
            self._requests.write(json.dumps(request).encode() + b"\n")
            self._requests.flush()
        except BrokenPipeError:
            return {"failed": "killed"}
        line = self._line(seconds)
        if line:
            answer: dict[str, Any] = json.loads(line)
            return answer
        if line is None:
            return {"failed": "slow"}
        return {"failed": "slow" if self._process.wait() == -signal.SIGXCPU else "killed"}

    def _line(self, seconds: float) -> bytes | None:
        """One line from the child; empty when it ended instead, None when it took too long."""
        until = time.monotonic() + seconds
        while b"\n" not in self._buffer:
            ready, _, _ = select.select([self._answers], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                return None
            chunk = os.read(self._answers, 1 << 16)
            if not chunk:
                return b""
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def end(self) -> None:
        """Kill the child and wait for its end."""
        self._process.kill()
        with contextlib.suppress(BrokenPipeError):
            self._process.communicate()
