"""The lake's files: typed rows, vault and rejections per content, and the originals as they came."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import polars as pl

from pipelines.county import County
from pipelines.intake.form_rows import FormRows


def forms_file(county: County, form: str, content: str) -> Path:
    """Accepted rows of one content."""
    return county.lake / "forms" / form / f"{content}.parquet"


def vault_file(county: County, form: str, content: str) -> Path:
    """Secret values of one content's accepted rows; readable by the product's own user only."""
    return county.lake / "vault" / form / f"{content}.parquet"


def rejected_file(county: County, form: str, content: str) -> Path:
    """Rejections of one content."""
    return county.lake / "rejected" / form / f"{content}.parquet"


def _write(frame: pl.DataFrame, file: Path, mode: int) -> None:
    """Write whole or not at all: beside its place, to disk, then renamed."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if mode == 0o600 else 0o755)
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            frame.write_parquet(stream, compression="zstd")
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(file)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def write_rows(county: County, form: str, content: str, rows: FormRows) -> None:
    """Write the three Parquet files of one content; the same content gives the same bytes."""
    _write(rows.accepted, forms_file(county, form, content), 0o644)
    _write(rows.vault, vault_file(county, form, content), 0o600)
    _write(rows.rejected, rejected_file(county, form, content), 0o644)


def original_file(county: County, digest: str, suffix: str) -> Path:
    """Where the file of that SHA-256 is kept as it came."""
    return county.lake / "originals" / f"{digest}{suffix}"


def keep_original(county: County, landed: Path, digest: str) -> None:
    """Move an accepted landing file to its place among the originals."""
    kept = original_file(county, digest, landed.suffix.lower())
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.move(landed, kept)
    kept.chmod(0o600)
