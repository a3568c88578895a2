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
from pipelines.settings import PROJECT, Settings

LEDGER = "ledger.jsonl"
_CODE = ("*.py", "*.sql", "*.csv", "*.yml", "*.json")


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
    """The program's version and a hash of its sources: rules, seeds, contracts and code."""
    digest = hashlib.sha256()
    for root in (PROJECT / "expectations", PROJECT / "models", PROJECT / "pipelines", dbt_project):
        for file in sorted(path for pattern in _CODE for path in root.rglob(pattern)):
            if not {"target", "logs", "__pycache__"} & set(file.relative_to(root).parts):
                digest.update(file.relative_to(root).as_posix().encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return f"{version('shouwang')}+{digest.hexdigest()[:10]}"


def _known_events(county: County, as_of: date, known_on: date) -> list[str]:
    """The ledger's lines that this night may know: files received by K, and what earlier nights handed out."""
    ledger = county.lake / LEDGER
    if not ledger.is_file():
        return []
    known = []
    for line in ledger.read_text(encoding="utf-8").splitlines():
        try:
            event = json.loads(line)
        except ValueError:  # a line cut short by a kill was never acknowledged
            continue
        if event.get("event") == "receipt":
            if event["received_on"] <= known_on.isoformat():
                known.append(line)
        elif str(event.get("as_of", "")) < as_of.isoformat():
            known.append(line)
    return known
