"""A night for one question only: built from the same lake into a folder of its own, never published.

Explaining another day, or asking what if, must not touch what is published nor wait for the county's lock: nights only
ever add to the lake, so a reader may build from it beside them. What rewrites it (a new key, an erasure) is kept out
meanwhile.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

from pipelines.county import County
from pipelines.errors import BuildError
from pipelines.settings import Settings
from pipelines.vault.rewrite import require_finished
from pipelines.warehouse.build import run_dbt
from pipelines.warehouse.connect import attach, memory_connection
from pipelines.warehouse.extract import write_analyst_file
from pipelines.warehouse.gates import ANALYST_FILE
from pipelines.warehouse.identity import identify
from pipelines.warehouse.load import load_raw
from pipelines.warehouse.lock import read_lake
from pipelines.warehouse.manifest import Manifest
from pipelines.warehouse.publish import current_folder, published_folders

Adjust = Callable[[Path], None]


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder that only this user can read, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="shouwang-") as folder:
        yield Path(folder)


def build_private(
    county: County,
    as_of: date,
    known_on: date,
    settings: Settings,
    folder: Path,
    *,
    adjust: Adjust | None = None,
    history_months: int = 0,
) -> Path:
    """Build the night (D, K) of a county into `folder`; returns the analysts' file.

    `adjust` may change the raw tables of the closed build file before the models run; `history_months` asks for so many
    month ends as well (marts.fct_household_history). Raises LockedError while the lake is rewritten, DamageError when
    that was cut off, and what a night raises.
    """
    warehouse, spill = folder / "build" / "warehouse.duckdb", folder / "spill"
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    with read_lake(county, f"另行计算 {as_of}（不发布）"):
        require_finished(county)
        load_raw(county, warehouse, identify(county, settings, as_of, known_on), history_months)
        if adjust is not None:
            adjust(warehouse)
        built = run_dbt(warehouse, folder, settings)
    if built.failed_tests:
        names = "、".join(test.name for test in built.failed_tests[:5])
        raise BuildError(f"这一天的数据没有通过检查，不能据此说明：{names}。")
    write_analyst_file(warehouse, folder / ANALYST_FILE, spill, settings)
    warehouse.unlink()
    return folder / ANALYST_FILE


def published_folder(county: County, as_of: date | None, known_on: date | None) -> Path | None:
    """The published night that is asked for: the current one when no day is named; None when there is none such."""
    current = current_folder(county)
    if as_of is None and known_on is None:
        return current
    folders = [*published_folders(county), *([current] if current else [])]
    for folder in reversed(folders):
        manifest = Manifest.read(folder)
        day_fits = as_of is None or manifest.as_of == as_of.isoformat()
        if day_fits and (known_on is None or manifest.known_on == known_on.isoformat()):
            return folder
    return None


@contextmanager
def open_warehouse(warehouse: Path, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A reader's connection on an analysts' file, its tables reachable by plain name; it holds no lock."""
    with private_folder() as spill:
        connection = memory_connection(settings, spill)
        try:
            attach(connection, warehouse, "warehouse")
            connection.execute("USE warehouse")
            yield connection
        finally:
            connection.close()
