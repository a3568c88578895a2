"""What a published folder says of itself: every file with its hash, every table with its rows."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pipelines.errors import DamageError
from pipelines.warehouse.extract import TableContent

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """One published night. `files` maps a path inside the folder to its SHA-256; `tables` a name to its content.

    Dates are ISO text; `published_at` is the only wall clock in the folder.
    """

    run_id: str
    as_of: str
    known_on: str
    county: str
    region: str
    code_version: str
    published_at: str
    state: str
    tables: dict[str, TableContent]
    files: dict[str, str]
    counts: dict[str, int] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Write the manifest, with a hash of itself, into the folder and force it to the disk."""
        content = asdict(self)
        with (folder / MANIFEST).open("x", encoding="utf-8") as output:
            output.write(_text(content | {"own_hash": _own_hash(content)}))
            output.flush()
            os.fsync(output.fileno())

    @staticmethod
    def read(folder: Path) -> Manifest:
        """The manifest of a published folder. Raises DamageError when it is missing or unreadable."""
        try:
            text = (folder / MANIFEST).read_text(encoding="utf-8")
            content: dict[str, Any] = json.loads(text)
            if text != _text(content) or content.pop("own_hash") != _own_hash(content):
                raise ValueError("not what was written")
            tables = {name: TableContent(**table) for name, table in content.pop("tables").items()}
            return Manifest(tables=tables, **content)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise DamageError(f"{folder} 的清单文件 {MANIFEST} 缺失或已损坏。") from error


def _text(content: dict[str, Any]) -> str:
    """A manifest as it is written."""
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _own_hash(content: dict[str, Any]) -> str:
    """SHA-256 over everything else in a manifest."""
    return hashlib.sha256(_text(content).encode()).hexdigest()


def folder_files(folder: Path) -> list[Path]:
    """Every regular file under the folder except the manifest, in order of path."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST)


def hash_file(file: Path) -> str:
    """The SHA-256 of a closed file. Never call it on a DuckDB file that this process has open: see the lock."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def hash_folder(folder: Path) -> dict[str, str]:
    """SHA-256 by path inside the folder."""
    return {path.relative_to(folder).as_posix(): hash_file(path) for path in folder_files(folder)}


def folder_damage(folder: Path) -> list[str]:
    """What is wrong with a published folder, in Chinese; an empty list when it is as it was written."""
    try:
        manifest = Manifest.read(folder)
    except DamageError as fault:
        return [fault.message]
    found = hash_folder(folder)
    missing = [f"缺少文件 {name}" for name in sorted(manifest.files.keys() - found.keys())]
    added = [f"多出文件 {name}" for name in sorted(found.keys() - manifest.files.keys())]
    both = sorted(manifest.files.keys() & found.keys())
    changed = [f"文件 {name} 的内容被改动或损坏" for name in both if manifest.files[name] != found[name]]
    return missing + added + changed
