"""Which night this is: the inputs decide its name, so the same inputs give the same name."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path

from pipelines.county import County
from pipelines.intake.ledger import read_events
from pipelines.settings import PROJECT, Settings

_CODE = ("*.py", "*.sql", "*.csv", "*.yml", "*.json")
_INCIDENTAL = ("received_at", "stamp", "reader")


@dataclass(frozen=True)
class RunIdentity:
    """One night: as-of day D, known-on day K, and a name made of D and a hash of everything that went in."""

    run_id: str
    as_of: date
    known_on: date
    code_version: str


def identify(county: County, settings: Settings, as_of: date, known_on: date) -> RunIdentity:
    """The identity of the night (lake, policy, code, D, K). Call it after intake: the ledger is an input."""
    code = code_version(settings.dbt_project)
    digest = hashlib.sha256(f"{as_of}|{known_on}|{code}".encode())
    for file in (county.home / "county.yml", county.policy / "parameters.csv"):
        digest.update(hashlib.sha256(file.read_bytes()).digest() if file.is_file() else b"-")
    for line in _known_events(county, as_of, known_on):
        digest.update(line.encode())
    run_id = f"{as_of:%Y-%m-%d}-{digest.hexdigest()[:12]}"
    return RunIdentity(run_id=run_id, as_of=as_of, known_on=known_on, code_version=code)


@cache
def code_version(dbt_project: Path) -> str:
    """The program's version and a hash of its sources: rules, seeds, contracts, code, and which DuckDB they run on."""
    digest = hashlib.sha256(version("duckdb").encode())
    for root in (PROJECT / "expectations", PROJECT / "models", PROJECT / "pipelines", dbt_project):
        for file in sorted(path for pattern in _CODE for path in root.rglob(pattern)):
            if not {"target", "logs", "__pycache__"} & set(file.relative_to(root).parts):
                digest.update(file.relative_to(root).as_posix().encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return f"{version('shouwang')}+{digest.hexdigest()[:10]}"


def _known_events(county: County, as_of: date, known_on: date) -> list[str]:
    """What this night may know, one JSON text each: files received by K, and what earlier nights handed out.

    The time of day a file came, and where it lay on the disk, name nothing.
    """
    known = []
    for event in read_events(county):
        is_receipt = event["event"] == "receipt"
        if is_receipt and event["received_on"] <= known_on.isoformat():
            known.append({name: value for name, value in event.items() if name not in _INCIDENTAL})
        elif not is_receipt and str(event.get("as_of", "")) < as_of.isoformat():
            known.append(event)
    return [json.dumps(event, ensure_ascii=False, sort_keys=True) for event in known]
