"""How long published nights stay: the last seven, and the last twenty-four month ends."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

from pipelines.county import County
from pipelines.errors import DamageError
from pipelines.warehouse.manifest import Manifest, folder_damage
from pipelines.warehouse.publish import current_folder, published_folders

NIGHTS = 7
MONTH_ENDS = 24


def prune(county: County) -> list[str]:
    """Remove the published folders that need not be kept; returns their names. The county's lock is held already.

    Also removed: a folder whose manifest cannot be read, and a damaged folder of the very night that was made again.
    A folder first leaves the sight of readers, by a new name, and then goes.
    """
    for leftover in county.published.glob(".going-*"):
        shutil.rmtree(leftover)
    current = current_folder(county)
    folders = [folder for folder in published_folders(county) if folder != current]
    manifests = {folder: manifest for folder in published_folders(county) if (manifest := _readable(folder))}
    kept = kept_folders(manifests)
    gone = [folder for folder in folders if folder not in kept or _is_replaced(folder, manifests, current)]
    for folder in gone:
        hidden = folder.with_name(f".going-{folder.name}")
        folder.rename(hidden)
        shutil.rmtree(hidden)
    return [folder.name for folder in gone]


def _is_replaced(folder: Path, manifests: dict[Path, Manifest], current: Path | None) -> bool:
    """Whether a folder is a damaged result of the night that is current now."""
    if current is None or current not in manifests:
        return False
    return manifests[folder].run_id == manifests[current].run_id and bool(folder_damage(folder))


def kept_folders(manifests: dict[Path, Manifest]) -> set[Path]:
    """Of published nights, those to keep: the last seven published, and of each of 24 month ends the last one."""
    by_time = sorted(manifests, key=lambda folder: (manifests[folder].published_at, folder.name))
    month_ends: dict[str, Path] = {}
    for folder in by_time:
        day = date.fromisoformat(manifests[folder].as_of)
        if (day + timedelta(days=1)).day == 1:
            month_ends[day.isoformat()] = folder
    latest = sorted(month_ends)[-MONTH_ENDS:]
    return set(by_time[-NIGHTS:]) | {month_ends[day] for day in latest}


def _readable(folder: Path) -> Manifest | None:
    """The folder's manifest, or None when it is damaged."""
    try:
        return Manifest.read(folder)
    except DamageError:
        return None
