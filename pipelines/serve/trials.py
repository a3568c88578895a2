"""Policy values tried out in the background: one trial at a time, in a process of its own, nothing published."""

from __future__ import annotations

import itertools
import multiprocessing
import os
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.county import County
from pipelines.errors import MistakeError, explain
from pipelines.explain.private_night import private_folder
from pipelines.settings import Settings
from pipelines.what_if.change import Changes
from pipelines.what_if.comparison import Comparison
from pipelines.what_if.trial import try_out

_KEPT = 10
_WAITING = 3


@dataclass(frozen=True)
class Trial:
    """One trial: its number, who asked, what was changed in words, and its outcome when there is one."""

    number: int
    user: str
    told: str
    future: Future[Comparison]

    @property
    def state(self) -> str:
        """Where it stands, in Chinese."""
        if self.future.running():
            return "计算中"
        if not self.future.done():
            return "排队"
        return "未成" if self.problem else "已完成"

    @property
    def problem(self) -> str:
        """Why it failed, in Chinese; empty when it did not."""
        if not self.future.done():
            return ""
        try:
            error = self.future.exception()
        except CancelledError:
            return "已取消。"
        return explain(error)[0] if error else ""

    @property
    def comparison(self) -> Comparison | None:
        """The outcome; None while there is none."""
        return self.future.result() if self.future.done() and not self.problem else None


class Trials:
    """The trials of this server, newest last."""

    def __init__(self, county: County, settings: Settings) -> None:
        self._county, self._settings = county, settings
        self._numbers = itertools.count(1)
        self._trials: list[Trial] = []
        self._pool = ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn"))

    def start(self, user: str, changes: Changes, told: str, days: tuple[date, date]) -> Trial:
        """Start a trial of the night of `days` (D, K). Raises MistakeError when too many wait already."""
        if sum(not trial.future.done() for trial in self._trials) >= _WAITING:
            raise MistakeError("已有几项试算在计算或排队。请等它们完成后再提交。")
        future = self._pool.submit(_try_out, self._county, changes, days, self._settings)
        trial = Trial(next(self._numbers), user, told, future)
        self._trials = [*self._trials, trial][-_KEPT:]
        return trial

    def all(self) -> list[Trial]:
        """The trials that are remembered, newest first."""
        return self._trials[::-1]

    def close(self) -> None:
        """Drop what waits and stop."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _try_out(county: County, changes: Changes, days: tuple[date, date], settings: Settings) -> Comparison:
    """The work of the child process: pages and nights go first."""
    os.nice(10)
    with private_folder() as folder:
        return try_out(county, changes, days, Path(folder), settings)
