"""Processes that can be made to die: a night, a rotation, an erasure of the small county.

Each is forked from one server that has imported everything and done nothing: the imports would cost more than a night.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import resource
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path

from pipelines import night
from pipelines.cli import run
from pipelines.county import County
from pipelines.intake.person_key import county_key, pseudonym
from pipelines.settings import Settings
from pipelines.vault.erasure import erase
from pipelines.vault.rotation import rotate

from .small_county import AS_OF, stand_in

KNOWN_ON = "2021-01-01"
CALLS = ("fsync", "replace", "rename", "link", "symlink", "unlink", "rmdir", "mkdir", "chmod", "ftruncate")
_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload([__name__])


class Doomed:
    """A process group of its own that runs `work(*arguments)`, and what it prints."""

    def __init__(self, work: Callable[..., None], *arguments: object) -> None:
        self._printed, told = _SERVER.Pipe(duplex=False)
        self._process = _SERVER.Process(target=_alone, args=(told, work, *arguments))
        self._process.start()
        told.close()
        assert os.read(self._printed.fileno(), 1) == b"!", "it leads a group from here on"

    def kill(self) -> bool:
        """kill -9 of the whole group; returns when it is gone: whether it had not ended by itself before."""
        assert self._process.pid is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        return self.end()[0] == -signal.SIGKILL

    def end(self) -> tuple[int, str]:
        """Wait for its end: exit code, minus the signal that killed it, and everything it printed."""
        printed = b"".join(iter(lambda: os.read(self._printed.fileno(), 1 << 16), b""))
        self._process.join()
        assert self._process.exitcode is not None
        return self._process.exitcode, printed.decode()


def _alone(told: Connection, work: Callable[..., None], *arguments: object) -> None:
    os.setsid()
    for stream in (1, 2):
        os.dup2(told.fileno(), stream)
    told.close()
    os.write(1, b"!")
    work(*arguments)


def finish_night(home: Path) -> int:
    """Run an undisturbed night to its end; returns how many calls it made that touch the disk."""
    code, printed = Doomed(kernel_night, home).end()
    assert code == 0, printed
    return int(printed.split()[-1])


def kernel_night(home: Path, die_at: int = 0) -> None:
    """A night, dying before its `die_at`-th touch of the disk; prints how many there were otherwise."""
    stand_in(night)
    count = _die_before(die_at)
    night.run_night(County.open(home), date.fromisoformat(AS_OF), date.fromisoformat(KNOWN_ON))
    print(count[0], flush=True)


def night_with_file_limit(home: Path, limit: int) -> None:
    """A night of the command line in which no file may grow beyond `limit` bytes (EFBIG, like a full disk)."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    _night_of_the_command_line(home)


def night_on_a_full_disk(home: Path, phase: str, left: int) -> None:
    """A night of the command line whose disk is filled up, but for some bytes, when a phase begins."""
    real = getattr(night.Night, phase)

    def filled(self: night.Night) -> object:
        with (home.parent / "pad").open("wb") as stream:
            stream.write(bytes(max(0, shutil.disk_usage(home).free - left)))
        return real(self)

    setattr(night.Night, phase, filled)
    _night_of_the_command_line(home)


def _night_of_the_command_line(home: Path) -> None:
    stand_in(night)
    sys.exit(run(["run", "--home", str(home), "--as-of", AS_OF, "--known-on", KNOWN_ON]))


def rewriting(home: Path, action: str, number: str, die_at: int) -> None:
    """Rotate, or erase the person with that id, dying where told; prints how many touches of the disk there were."""
    stand_in(night)
    county = County.open(home)
    key = pseudonym(county_key(county), number)
    count = _die_before(die_at)
    if action == "rotate":
        rotate(county)
    else:
        erase(county, key, "申请〔2021〕1号", Settings.from_environment(), lambda _line: None)
    print(count[0], flush=True)


def _die_before(call: int) -> list[int]:
    """Wrap the calls that matter to the disk; SIGKILL the process before the call-th. Returns the running count."""
    count = [0]

    def wrap(name: str) -> None:
        real = getattr(os, name)

        def counted(*arguments: object, **options: object) -> object:
            count[0] += 1
            if count[0] == call:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **options)

        setattr(os, name, counted)

    for name in CALLS:
        wrap(name)
    return count
