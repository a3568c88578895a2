"""The lake's files: typed rows, vault and rejections per content, and the originals as they came.

Whatever names people (vault, returned rows, originals) is sealed: see `pipelines/vault/seal.py`.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import polars as pl

from pipelines.county import County
from pipelines.intake.reading_process import ACCEPTED, REJECTED, RETURNED, VAULT
from pipelines.vault.key_ring import KeyRing
from pipelines.vault.seal import SUFFIX, sealed_chunks, unseal, unsealed_chunks

_CHUNK = 1 << 20


def forms_file(county: County, form: str, content: str) -> Path:
    """Accepted rows of one content."""
    return county.lake / "forms" / form / f"{content}.parquet"


def vault_file(county: County, form: str, content: str) -> Path:
    """Secret values of one content's accepted rows, sealed."""
    return county.lake / "vault" / form / f"{content}.parquet{SUFFIX}"


def rejected_file(county: County, form: str, content: str) -> Path:
    """Rejections of one content."""
    return county.lake / "rejected" / form / f"{content}.parquet"


def returned_file(county: County, form: str, content: str) -> Path:
    """Raw cells of one content's rejected rows, for its department, sealed; there only when rows were rejected."""
    return county.lake / "vault" / "_returned" / form / f"{content}.parquet{SUFFIX}"


def vault_name(content: str) -> str:
    """What a vault file is sealed as."""
    return f"{VAULT} {content}"


def returned_name(content: str) -> str:
    """What a file of returned rows is sealed as."""
    return f"{RETURNED} {content}"


def original_name(digest: str) -> str:
    """What an original is sealed as."""
    return f"original {digest}"


def content_files(county: County, form: str, content: str) -> dict[str, Path]:
    """Every file of one content, by the name it is written under before it has its place."""
    return {
        ACCEPTED: forms_file(county, form, content),
        VAULT: vault_file(county, form, content),
        REJECTED: rejected_file(county, form, content),
        RETURNED: returned_file(county, form, content),
    }


def read_vault(
    county: County, keys: KeyRing, form: str, content: str, columns: list[str] | None = None
) -> pl.DataFrame:
    """The secret values of one content's accepted rows, all `columns` or some. Raises DamageError when they cannot be opened."""
    sealed = unseal(vault_file(county, form, content), keys, vault_name(content))
    return pl.read_parquet(io.BytesIO(sealed), columns=columns)


def read_returned(county: County, keys: KeyRing, form: str, content: str) -> pl.DataFrame:
    """The raw cells of one content's rejected rows. Raises DamageError when they cannot be opened."""
    return pl.read_parquet(io.BytesIO(unseal(returned_file(county, form, content), keys, returned_name(content))))


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
    for name, place in content_files(county, form, content).items():
        if name == RETURNED and not (folder / name).exists():
            continue
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / name).chmod(0o600)
        (folder / name).replace(place)
        sync_folder(place.parent)


def original_file(county: County, digest: str, suffix: str) -> Path:
    """Where the file of that SHA-256 is kept as it came, sealed."""
    return county.lake / "originals" / f"{digest}{suffix.lower()}{SUFFIX}"


def remaining_file(county: County, content: str) -> Path:
    """Where what remains of an original lies once a person in it was erased."""
    return county.lake / "originals" / f"{content}.rows{SUFFIX}"


def keep_original(county: County, keys: KeyRing, landed: Path, digest: str) -> None:
    """Seal an accepted landing file among the originals, then remove it from the landing folder.

    A file that is no longer the one of that digest stays in the landing folder, to be taken as another.
    """
    kept = original_file(county, digest, landed.suffix)
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = reading_folder(county) / "original"
    seen = hashlib.sha256()
    with landed.open("rb") as source, _private(draft) as target:
        for chunk in sealed_chunks(_noted(source, seen), keys, original_name(digest)):
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    if seen.hexdigest() == digest:
        draft.replace(kept)
        sync_folder(kept.parent)
        landed.unlink()


def original_chunks(county: County, keys: KeyRing, digest: str, suffix: str) -> Iterator[bytes]:
    """An original's bytes in pieces. Raises DamageError, at the latest after the last, when it is not whole."""
    return unsealed_chunks(original_file(county, digest, suffix), keys, original_name(digest))


def _noted(source: BinaryIO, seen: hashlib._Hash) -> Iterator[bytes]:
    """The pieces of a stream, each added to a hash."""
    while chunk := source.read(_CHUNK):
        seen.update(chunk)
        yield chunk


def _private(file: Path) -> BinaryIO:
    """A new file that only our own account can read."""
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
