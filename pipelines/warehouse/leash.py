"""Starts a program that dies with us: run as `python leash.py PARENT_PID PROGRAM ARGS`.

Linux sends SIGKILL to a process when the parent that set this up ends, however it ends. A build that outlived a
killed night would go on writing, and hold the lock, for many seconds.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Tie this process to its parent, forbid core dumps, and become the program named in `arguments`."""
    parent, program = int(arguments[0]), arguments[1:]
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if os.getppid() != parent:  # the parent was gone before the leash was tied
        sys.exit(1)
    os.execv(program[0], program)  # noqa: S606 - the fixed program handed over by build.py


if __name__ == "__main__":
    main(sys.argv[1:])
