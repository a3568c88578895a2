"""The sample counties that lie beside the project where it is developed: files as departments send them, and answers worked out by hand."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path

import yaml

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "samples"
COUNTIES = sorted(path.parent.name for path in FOLDER.glob("*/county.yml"))


def copy_county(name: str, target: Path) -> Path:
    """A writable copy of one sample county's folder."""
    shutil.copytree(FOLDER / name, target)
    for path in [target, *target.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return target


def as_of(name: str) -> date:
    """The day that the sample's answers are about."""
    return date.fromisoformat(
        yaml.safe_load((FOLDER / name / "answers" / "parameters.yml").read_text(encoding="utf-8"))["as_of"]
    )


def answers(name: str, table: str) -> list[dict[str, str]]:
    """One table of answers, one dict per row."""
    with (FOLDER / name / "answers" / f"answers_{table}.csv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))
