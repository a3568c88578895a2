"""Who is logged in now, and who has failed too often. Kept in memory: a restart logs everybody out."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

IDLE_SECONDS = 30 * 60
LONGEST_SECONDS = 10 * 3600
FAILURES = 5
PAUSE_SECONDS = 15 * 60


@dataclass
class _Session:
    user: str
    password: str
    started: float
    seen: float


class Sessions:
    """Tokens of those who are logged in. A token says nothing; who it is stands on this side only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._sessions: dict[str, _Session] = {}

    def open(self, user: str, password: str) -> str:
        """A new session; returns its token. `password` is the hash the user logged in by."""
        now = self._clock()
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._sessions = {key: kept for key, kept in self._sessions.items() if self._is_alive(kept, now)}
            self._sessions[token] = _Session(user, password, now, now)
        return token

    def find(self, token: str, *, by_hand: bool) -> tuple[str, str] | None:
        """Name and password hash of a live session, else None. What somebody does by hand keeps it alive."""
        now = self._clock()
        with self._lock:
            session = self._sessions.get(token)
            if session is None:
                return None
            if not self._is_alive(session, now):
                del self._sessions[token]
                return None
            if by_hand:
                session.seen = now
            return session.user, session.password

    def close(self, token: str) -> None:
        """End a session, if it is one."""
        with self._lock:
            self._sessions.pop(token, None)

    def _is_alive(self, session: _Session, now: float) -> bool:
        return now - session.seen < IDLE_SECONDS and now - session.started < LONGEST_SECONDS


class Lockout:
    """Failed logins by name: after `FAILURES` in a row the name waits `PAUSE_SECONDS`, right password or not."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failed: dict[str, tuple[int, float]] = {}

    def is_locked(self, name: str) -> bool:
        """Whether the name has to wait."""
        with self._lock:
            return self._count(name) >= FAILURES

    def failed(self, name: str) -> bool:
        """Note a failure; whether the name is locked by it."""
        with self._lock:
            now = self._clock()
            self._failed = {key: kept for key, kept in self._failed.items() if now - kept[1] < PAUSE_SECONDS}
            count = self._count(name) + 1
            self._failed[name] = (count, now)
            return count == FAILURES

    def cleared(self, name: str) -> None:
        """Forget a name's failures."""
        with self._lock:
            self._failed.pop(name, None)

    def _count(self, name: str) -> int:
        count, last = self._failed.get(name, (0, 0.0))
        return count if self._clock() - last < PAUSE_SECONDS else 0
