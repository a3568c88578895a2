"""One trial: the night as it stands and the night with other values, built from the same lake and compared.

Everything is built in a private folder; what is published is only read.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from pipelines.county import County
from pipelines.explain.private_night import build_private, open_warehouse, published_folder
from pipelines.settings import Settings
from pipelines.warehouse.gates import ANALYST_FILE
from pipelines.warehouse.identity import identify
from pipelines.warehouse.manifest import Manifest
from pipelines.what_if.change import Changes, apply_changes, check_changes
from pipelines.what_if.comparison import Comparison, compare


def try_out(county: County, changes: Changes, days: tuple[date, date], folder: Path, settings: Settings) -> Comparison:
    """Compare the night of `days` (D, K) as it stands with the same night under the changes, all within `folder`.

    Raises MistakeError for an unknown clause, parameter or line, and for a file of lines that cannot be read.
    """
    standing = _standing(county, days, folder, settings)
    with open_warehouse(standing, settings) as connection:
        check_changes(connection, changes, county.region)

    def adjust(warehouse: Path) -> None:
        with duckdb.connect(str(warehouse), config={"autoinstall_known_extensions": False}) as connection:
            apply_changes(connection, changes, county.region)

    changed = build_private(county, *days, settings, folder / "changed", adjust=adjust)
    return compare(standing, changed, folder / "spill", settings, days[0])


def _standing(county: County, days: tuple[date, date], folder: Path, settings: Settings) -> Path:
    """The night as it stands: the published one if it is of the same inputs and code, else built anew."""
    identity = identify(county, settings, *days)
    published = published_folder(county, *days)
    if published is not None and Manifest.read(published).run_id == identity.run_id:
        return published / ANALYST_FILE
    return build_private(county, *days, settings, folder / "standing")
