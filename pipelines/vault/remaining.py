"""What takes the place of an original that held an erased person: the rows that remain of it, sealed together."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from pipelines.county import County
from pipelines.intake.lake import content_files, keep_rows, reading_folder, remaining_file
from pipelines.vault.key_ring import KeyRing
from pipelines.vault.seal import seal, unseal


def remaining_rows(county: County, keys: KeyRing, form: str, content: str, changed: Mapping[Path, bytes]) -> bytes:
    """The sealed copy of one content's files of the lake, with what is about to change in them."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, place in content_files(county, form, content).items():
            if place in changed or place.exists():
                package.writestr(name, changed[place] if place in changed else place.read_bytes())
    return seal(stream.getvalue(), keys, _what(content))


def remaining_is_whole(county: County, keys: KeyRing, content: str) -> bool:
    """Whether a content's copy is there. Raises DamageError when it does not open."""
    file = remaining_file(county, content)
    return file.exists() and bool(unseal(file, keys, _what(content)))


def put_remaining_back(county: County, keys: KeyRing, form: str, content: str) -> None:
    """Make one content's files of the lake again from the copy. Raises DamageError when it does not open."""
    folder = reading_folder(county) / "remaining"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(unseal(remaining_file(county, content), keys, _what(content)))) as package:
        package.extractall(folder)  # names and bytes are our own, and were sealed
    keep_rows(county, folder, form, content)


def _what(content: str) -> str:
    return f"remaining {content}"
