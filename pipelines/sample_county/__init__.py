"""A synthetic county: invented people and their departments' messy files, and the truth kept apart from them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pipelines.sample_county.county import AS_OF, NAME, REGION, Progress, Sample, write_sample

__all__ = ["AS_OF", "NAME", "REGION", "Progress", "Sample", "write_county", "write_sample"]


def write_county(
    home: Path,
    households: int,
    seed: int,
    *,
    as_of: date = AS_OF,
    documents: tuple[str, ...] = ("FQ",),
    region: str = REGION,
    name: str = NAME,
    months: int = 30,
    progress: Progress | None = None,
) -> None:
    """Write a synthetic county of so many households to the folder `home` (see `write_sample`)."""
    sample = Sample(households, seed, as_of, tuple(documents), region, name, months)
    write_sample(Path(home), sample, progress)
