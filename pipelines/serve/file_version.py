"""Telling whether a file has changed since it was read."""

from __future__ import annotations

from pathlib import Path

Version = tuple[int, int, int] | None


def file_version(file: Path) -> Version:
    """Differs whenever the file does: its inode, time and size; None where there is no file."""
    try:
        stat = file.stat()
    except FileNotFoundError:
        return None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size
