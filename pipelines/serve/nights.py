"""The night that is published now, as the pages read it.

The published file is opened read-only, once per night, and closed when the last request on it is done. A publish is
seen by the next request: nothing has to be restarted, and nobody waits for anybody.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import polars as pl

from pipelines.county import County
from pipelines.errors import MistakeError
from pipelines.serve.access import NIGHT, limit, make_views
from pipelines.serve.users import User
from pipelines.settings import Settings
from pipelines.warehouse.connect import attach, memory_connection
from pipelines.warehouse.gates import ANALYST_FILE
from pipelines.warehouse.manifest import Manifest
from pipelines.warehouse.publish import current_folder

Row = dict[str, Any]
T = TypeVar("T")
_MOST_ANSWERS, _MOST_KEPT_ROWS = 4_000, 500


class Answers:
    """What was worked out on one night, the latest used: a published night never changes, and many ask the same."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[Hashable, Any] = OrderedDict()

    def find(self, key: Hashable) -> Any:  # noqa: ANN401 - whatever was kept
        """The answer kept under the key; None when there is none."""
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
            return self._known.get(key)

    def keep(self, key: Hashable, answer: Any) -> None:  # noqa: ANN401
        """Keep an answer, which nobody may change; the one that was not asked for longest goes."""
        with self._lock:
            self._known[key] = answer
            while len(self._known) > _MOST_ANSWERS:
                self._known.popitem(last=False)


@dataclass(frozen=True)
class Desk:
    """One user's view of one night, for one request.

    sight: who sees the same: those of one township, or of the whole county.
    """

    connection: duckdb.DuckDBPyConnection
    folder: Path
    manifest: Manifest
    sight: str
    answers: Answers

    def rows(self, query: str, **parameters: object) -> list[Row]:
        """The rows of a query as dictionaries."""

        def ask() -> list[Row]:
            found = self.connection.execute(query, parameters or None)
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

        return self.once(ask, "rows", query, *parameters.items())

    def one(self, query: str, **parameters: object) -> Row:
        """The only row of a query."""
        (row,) = self.rows(query, **parameters)
        return row

    def frame(self, query: str, **parameters: object) -> pl.DataFrame:
        """The rows of a query as polars; whole tables, which are only ever exported, are not kept."""
        key = (self.sight, "frame", query, *parameters.items())
        found: pl.DataFrame | None = self.answers.find(key)
        if found is None:
            found = self.connection.sql(query, params=parameters or None).pl()
            if found.height <= _MOST_KEPT_ROWS:
                self.answers.keep(key, found)
        return found

    def once(self, work: Callable[[], T], *depends: Hashable) -> T:
        """What `work` comes to, worked out once for all who see the same of this night.

        `depends` names the work and all that it depends on besides the night and who sees it.
        """
        key = (self.sight, *depends)
        found: T | None = self.answers.find(key)
        if found is None:
            found = work()
            self.answers.keep(key, found)
        return found


class _OpenNight:
    """One published folder with its connection and the number of requests on it."""

    def __init__(self, folder: Path, settings: Settings, spill: Path) -> None:
        self.folder = folder
        self.manifest = Manifest.read(folder)
        self.readers = 0
        self.answers = Answers()
        self.base = memory_connection(settings, spill)
        attach(self.base, folder / ANALYST_FILE, NIGHT)
        make_views(self.base)
        self.base.execute("SET enable_external_access = false")
        self.base.execute("SET lock_configuration = true")


class Nights:
    """Opens the current night for requests."""

    def __init__(self, county: County, settings: Settings, spill: Path) -> None:
        self._county, self._settings, self._spill = county, settings, spill
        self._lock = threading.Lock()
        self._night: _OpenNight | None = None

    def current_name(self) -> str:
        """The name of the published folder that is current now; empty before the first."""
        folder = current_folder(self._county)
        return folder.name if folder else ""

    @contextmanager
    def open(self, user: User) -> Iterator[Desk]:
        """The current night, limited to what the user may see, for the time of the block.

        Raises MistakeError before the first night is published.
        """
        night = self._enter()
        cursor = night.base.cursor()
        try:
            limit(cursor, user)
            sight = f"township {user.township}" if user.role == "township" else "county"
            yield Desk(cursor, night.folder, night.manifest, sight, night.answers)
        finally:
            cursor.close()
            self._leave(night)

    def close(self) -> None:
        """Close what is open; requests that are on keep theirs until they are done."""
        with self._lock:
            night, self._night = self._night, None
            if night is not None and not night.readers:
                night.base.close()

    def _enter(self) -> _OpenNight:
        folder = current_folder(self._county)
        if folder is None:
            raise MistakeError("还没有发布过数据，请先运行 shouwang run。")
        with self._lock:
            if self._night is None or self._night.folder != folder:
                former, self._night = self._night, _OpenNight(folder, self._settings, self._spill)
                if former is not None and not former.readers:
                    former.base.close()
            self._night.readers += 1
            return self._night

    def _leave(self, night: _OpenNight) -> None:
        with self._lock:
            night.readers -= 1
            if night is not self._night and not night.readers:
                night.base.close()
