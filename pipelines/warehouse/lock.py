"""One writer for a county: an advisory lock on a file of its own, inherited by every child of the run.

A second lock is for the lake's files where they are changed, not only added to (a new key, an erasure): those who
build from the lake without the first lock share it. A lock file is never the warehouse: reading a DuckDB file in the process that has it open drops DuckDB's lock.
"""

from __future__ import annotations

import contextlib
import fcntl
import getpass
import json
import os
import socket
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipelines.county import County, Home
from pipelines.errors import LockedError

SHANGHAI = ZoneInfo("Asia/Shanghai")


def lock_file(county: Home) -> Path:
    """The county's lock file; it stays in place between runs."""
    return county.home / ".lock"


@contextlib.contextmanager
def hold(county: Home, action: str) -> Iterator[int]:
    """Hold the county's write lock while the block runs; yields the open descriptor for children to inherit.

    `action` (Chinese) is what others are told we are doing. Raises LockedError, naming the holder, when taken.
    """
    with _locked(lock_file(county), fcntl.LOCK_EX, action, "同一县级目录一次只能有一个任务写入") as descriptor:
        os.set_inheritable(descriptor, True)
        yield descriptor


@contextlib.contextmanager
def read_lake(county: County, action: str) -> Iterator[None]:
    """Keep the lake's files from being rewritten while the block runs; others may read, and add files, meanwhile.

    Raises LockedError, naming who rewrites them, when that is going on.
    """
    with _locked(_lake_lock_file(county), fcntl.LOCK_SH, action, "数据湖正在改写，暂时不能读取"):
        yield


@contextlib.contextmanager
def rewrite_lake(county: County, action: str) -> Iterator[None]:
    """Let nobody else build from the lake while the block runs; the county's write lock is held as well.

    Raises LockedError, naming the last reader to come, when somebody does.
    """
    with _locked(_lake_lock_file(county), fcntl.LOCK_EX, action, "数据湖正在被读取，暂时不能改写"):
        yield


def _lake_lock_file(county: County) -> Path:
    return county.home / ".lake.lock"


@contextlib.contextmanager
def _locked(file: Path, kind: int, action: str, refusal: str) -> Iterator[int]:
    """Lock a file, or raise LockedError with who has it and why that matters."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError(_who_holds(descriptor, file.parent, refusal)) from None
        _sign(descriptor, action)
        yield descriptor
    finally:
        os.close(descriptor)


def _sign(descriptor: int, action: str) -> None:
    """Write who we are into the lock file."""
    since = datetime.now(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    holder = {"pid": os.getpid(), "user": _user(), "host": socket.gethostname(), "action": action, "since": since}
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(holder, ensure_ascii=False).encode(), 0)


def _user() -> str:
    """Our account's name, or its number where the system has no name for it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _who_holds(descriptor: int, home: Path, refusal: str) -> str:
    """A Chinese sentence about the holder, from what it wrote into the lock file, and what that forbids."""
    try:
        holder = json.loads(os.pread(descriptor, 4096, 0))
        told = (
            f"{holder['user']} 在 {holder['host']} 上从 {holder['since']} 起正在“{holder['action']}”"
            f"（进程号 {holder['pid']}）"
        )
        alive = Path(f"/proc/{holder['pid']}").exists() or holder["host"] != socket.gethostname()
    except (ValueError, KeyError, TypeError):
        return f"{home} 正由另一个进程使用，它刚刚启动。请等它结束后再运行。"
    if not alive:
        return f"{told}，该进程已中断，它的子进程正在退出。请稍等几秒再运行。"
    return f"{told}，{refusal}。请等它结束后再运行。"
