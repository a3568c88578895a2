"""The lake's files: typed rows, vault and rejections per content, and the originals as they came."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from pipelines.county import County
from pipelines.intake.reading_process import ACCEPTED, REJECTED, RETURNED, VAULT


def forms_file(county: County, form: str, content: str) -> Path:
    """Accepted rows of one content."""
    return county.lake / "forms" / form / f"{content}.parquet"


def vault_file(county: County, form: str, content: str) -> Path:
    """Secret values of one content's accepted rows; readable by the product's own user only."""
    return county.lake / "vault" / form / f"{content}.parquet"


def rejected_file(county: County, form: str, content: str) -> Path:
    """Rejections of one content."""
    return county.lake / "rejected" / form / f"{content}.parquet"


def returned_file(county: County, form: str, content: str) -> Path:
    """Raw cells of one content's rejected rows, for its department; in the vault, there only when rows were rejected."""
    return county.lake / "vault" / "_returned" / form / f"{content}.parquet"


def reading_folder(county: County) -> Path:
    """Where a file's rows are written before they are believed; on the same disk as their last place."""
    return county.lake / ".reading"


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def keep_rows(county: County, folder: Path, form: str, content: str) -> None:
    """Move the Parquet files of one content (already on disk in `folder`) to their places."""
    places = (
        (ACCEPTED, forms_file(county, form, content), 0o644),
        (VAULT, vault_file(county, form, content), 0o600),
        (REJECTED, rejected_file(county, form, content), 0o644),
        (RETURNED, returned_file(county, form, content), 0o600),
    )
    for name, place, mode in places:
        if name == RETURNED and not (folder / name).exists():
            continue
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if mode == 0o600 else 0o755)
        (folder / name).chmod(mode)
        (folder / name).replace(place)
        sync_folder(place.parent)


def original_file(county: County, digest: str, suffix: str) -> Path:
    """Where the file of that SHA-256 is kept as it came."""
    return county.lake / "originals" / f"{digest}{suffix.lower()}"


def keep_original(county: County, landed: Path, digest: str) -> None:
    """Move an accepted landing file to its place among the originals."""
    kept = original_file(county, digest, landed.suffix)
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.move(landed, kept)
    kept.chmod(0o600)
