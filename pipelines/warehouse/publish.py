"""Publishing: a folder is made under a hidden name, sealed, renamed, and `current` is switched in one step."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from pipelines.county import Home
from pipelines.errors import DamageError
from pipelines.warehouse.manifest import MANIFEST, Manifest, folder_damage, folder_files

CURRENT = "current"
Progress = Callable[[str], None]


def current_folder(county: Home) -> Path | None:
    """The folder that is published now, or None before the first night."""
    link = county.published / CURRENT
    return link.resolve() if link.exists() else None


def published_folders(county: Home) -> list[Path]:
    """Every published folder, whole or damaged, oldest as-of date first (a folder's name starts with it)."""
    if not county.published.is_dir():
        return []
    folders = (path for path in county.published.iterdir() if path.is_dir() and not path.is_symlink())
    return sorted(path for path in folders if not path.name.startswith("."))


def fresh_candidate(county: Home, run_id: str) -> Path:
    """An empty hidden folder for a night in the making; leftovers of nights that died are removed.

    Only to be called while the county's lock is held.
    """
    county.published.mkdir(mode=0o750, parents=True, exist_ok=True)
    for leftover in county.published.glob(".making-*"):
        shutil.rmtree(leftover)
    (county.published / f".{CURRENT}").unlink(missing_ok=True)
    candidate = county.published / f".making-{run_id}"
    candidate.mkdir(mode=0o750)
    return candidate


def seal(candidate: Path, manifest: Manifest) -> None:
    """Make every file of the candidate read-only, write the manifest, and force all of it to the disk."""
    for file in folder_files(candidate):
        file.chmod(0o440)
        _sync(file)
    manifest.write(candidate)
    (candidate / MANIFEST).chmod(0o440)
    for folder in sorted((path for path in candidate.rglob("*") if path.is_dir()), reverse=True):
        _sync(folder)
    _sync(candidate)


def place(county: Home, candidate: Path, manifest: Manifest) -> Path:
    """Give the sealed candidate its name among the published folders; returns that folder. `current` stays.

    A night done again from the same inputs finds its folder there already: an intact one with the same tables is
    kept. Anything else under that name stays as it is, and the new one gets a numbered name.
    """
    number = 1
    while (final := county.published / _numbered(manifest.run_id, number)).exists():
        if _same_night(final, manifest):
            shutil.rmtree(candidate)
            break
        number += 1
    else:
        candidate.rename(final)
        _sync(county.published)
    return final


def _numbered(run_id: str, number: int) -> str:
    """The folder name of the number-th different result of a run."""
    return run_id if number == 1 else f"{run_id}-{number}"


def make_current(county: Home, folder: Path) -> None:
    """Switch `current` to a published folder: readers see the old one or the new one, never neither.

    Raises DamageError, leaving `current` as it is, when the folder is not byte for byte what was sealed.
    """
    damage = folder_damage(folder)
    if damage:
        raise DamageError(f"{folder.name} 已损坏，没有发布：{'；'.join(damage)}。仍沿用原来的数据，请再运行一次。")
    temporary = county.published / f".{CURRENT}"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(folder.name)
    os.replace(temporary, county.published / CURRENT)  # noqa: PTH105 - the one step that publishes, by its own name
    _sync(county.published)


def _same_night(folder: Path, manifest: Manifest) -> bool:
    """Whether the folder is undamaged and holds the same tables and the same set of files."""
    if folder_damage(folder):
        return False
    there = Manifest.read(folder)
    return there.state == manifest.state and there.files.keys() == manifest.files.keys()


def _sync(path: Path) -> None:
    """Force a file's or folder's content to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
