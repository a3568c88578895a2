"""One writer for a county: an advisory lock on a file of its own, inherited by every child of the run.

The lock file is never the warehouse: reading a DuckDB file in the process that has it open drops DuckDB's lock.
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

from pipelines.county import Home
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
    descriptor = os.open(lock_file(county), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError(_who_holds(descriptor, county)) from None
        os.set_inheritable(descriptor, True)
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


def _who_holds(descriptor: int, county: Home) -> str:
    """A Chinese sentence about the holder, from what it wrote into the lock file."""
    try:
        holder = json.loads(os.pread(descriptor, 4096, 0))
        told = (
            f"{holder['user']} 在 {holder['host']} 上从 {holder['since']} 起正在“{holder['action']}”"
            f"（进程号 {holder['pid']}）"
        )
        alive = Path(f"/proc/{holder['pid']}").exists() or holder["host"] != socket.gethostname()
    except (ValueError, KeyError, TypeError):
        return f"{county.home} 正由另一个进程使用，它刚刚启动。请等它结束后再运行。"
    if not alive:
        return f"{told}，该进程已中断，它的子进程正在退出。请稍等几秒再运行。"
    return f"{told}，同一县级目录一次只能有一个任务写入。请等它结束后再运行。"
