"""The landing folder: which files in it are to be looked at, and which are still being copied."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

from pipelines.county import County
from pipelines.intake.received_list import RECEIVED_LIST

_UNFINISHED_SUFFIXES = (".part", ".tmp", ".crdownload", ".filepart")
_SYSTEM_FILES = ("thumbs.db", "desktop.ini")
_OLD_ENOUGH = 5.0  # seconds without a change after which a file is taken to be whole
_WATCHED = 2.0  # seconds for which a younger file is watched


@dataclass(frozen=True)
class LandedFile:
    """A file in the landing folder.

    Attributes:
        path: where it is.
        file: its path relative to `landing/`, with `/`.
        size: bytes.
        stamp: inode, time of change and size: the same file untouched has the same stamp.
        changed_at: seconds since 1970.
    """

    path: Path
    file: str
    size: int
    stamp: str
    changed_at: float

    def digest(self) -> str:
        """SHA-256 of the bytes. Raises OSError when the file has gone or is a link."""
        summed = hashlib.sha256()
        descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "rb") as stream:
            while chunk := stream.read(1 << 20):
                summed.update(chunk)
        return summed.hexdigest()


def landed_file(county: County, path: Path) -> LandedFile:
    """A landing file as it now is; raises OSError when it has gone."""
    file = path.relative_to(county.landing).as_posix()
    status = path.stat()
    stamp = f"{status.st_ino}-{status.st_mtime_ns}-{status.st_size}"
    return LandedFile(path, file, status.st_size, stamp, status.st_mtime)


def landing_files(county: County) -> list[Path]:
    """Files of the landing folder to be looked at, the list of receipts left out."""
    return [file for file in sendable_files(county.landing) if file != county.landing / RECEIVED_LIST]


def sendable_files(top: Path) -> list[Path]:
    """Files anywhere in a folder: no temporary, hidden or system files, no links or pipes."""
    files = []
    for folder, _, names in os.walk(top):
        for name in names:
            path = Path(folder) / name
            if path.is_symlink() or not path.is_file():
                continue
            if any(part.startswith((".", "~$")) for part in path.relative_to(top).parts):
                continue
            if name.lower().endswith(_UNFINISHED_SUFFIXES) or name.lower() in _SYSTEM_FILES:
                continue
            files.append(path)
    return sorted(files)


def still_files(county: County, files: list[LandedFile]) -> list[LandedFile]:
    """Those of the files that nobody is writing any more; watches recently changed ones for two seconds."""
    now = time.time()
    still = {landed.file for landed in files if now - landed.changed_at >= _OLD_ENOUGH}
    watched = [landed for landed in files if landed.file not in still]
    if watched:
        time.sleep(_WATCHED)
        still |= {landed.file for landed in watched if _unchanged(county, landed)}
    return [landed for landed in files if landed.file in still]


def _unchanged(county: County, landed: LandedFile) -> bool:
    try:
        return landed_file(county, landed.path).stamp == landed.stamp
    except OSError:
        return False
