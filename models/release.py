"""A released scorer: score tables, schema version, training account and figures as one JSON text with its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from models.schema import FeatureSchema
from models.score_table import ScoreTables, Steps

FORMAT = "shouwang-score-tables/1"
KINDS = ("champion", "scorecard", "floor")


class ReleaseError(Exception):
    """A release that cannot be used; the message says why."""


@dataclass(frozen=True)
class Release:
    """One scorer as it is handed out.

    kind is champion, scorecard or floor. `without` holds, for every feed, the tables to be used while it is silent.
    `facts` is what the model card is made from: label, ranges of days, counts, figures, hashes.
    """

    kind: str
    schema_version: str
    tables: ScoreTables
    without: dict[str, ScoreTables] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def model_id(self) -> str:
        """Name of the release: its kind and the start of its hash."""
        return f"{self.kind}-{release_hash(to_json(self))[:12]}"

    def tables_for(self, silent_feeds: Sequence[str], schema: FeatureSchema) -> ScoreTables:
        """The tables to score with while some feeds are silent: risk must not vanish with them.

        Those made without the silent feed that has the most features; in these, what other silent feeds told is muted.
        The floor takes an unknown income as middling itself.
        """
        if self.kind == "floor" or not silent_feeds:
            return self.tables
        first = max(silent_feeds, key=lambda feed: len(schema.columns_of_feed(feed)))
        others = (place for feed in silent_feeds if feed != first for place in schema.columns_of_feed(feed))
        return self.without[first].muted(others)


def release_hash(text: str) -> str:
    """SHA-256 of a release's JSON text."""
    return hashlib.sha256(text.encode()).hexdigest()


def to_json(release: Release) -> str:
    """The release as canonical JSON text: the same release gives the same bytes."""
    content = {
        "format": FORMAT,
        "kind": release.kind,
        "schema_version": release.schema_version,
        "tables": _tables_out(release.tables),
        "without": {feed: _tables_out(tables) for feed, tables in sorted(release.without.items())},
        "facts": release.facts,
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def from_json(text: str, schema: FeatureSchema, expected_hash: str | None = None) -> Release:
    """Read a release for this schema.

    Raises ReleaseError when the text is not the one that was released, of another format or of another schema.
    """
    if expected_hash is not None and release_hash(text) != expected_hash:
        raise ReleaseError("the hash differs from the one released")
    try:
        content = json.loads(text)
        release = Release(
            kind=content["kind"],
            schema_version=content["schema_version"],
            tables=_tables_in(content["tables"]),
            without={feed: _tables_in(tables) for feed, tables in content["without"].items()},
            facts=content["facts"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ReleaseError(f"not a release: {error}") from error
    if content.get("format") != FORMAT or release.kind not in KINDS:
        raise ReleaseError(f"unknown format {content.get('format')!r} or kind {release.kind!r}")
    if release.schema_version != schema.version or not release.tables.fits(schema):
        raise ReleaseError("made for other features than those of this version")
    if release.kind != "floor" and set(release.without) != set(schema.feeds):
        raise ReleaseError("it does not say how to score while a feed is silent")
    return release


def _tables_out(tables: ScoreTables) -> dict[str, Any]:
    """Tables as JSON values; Python writes a float so that it reads back the same."""
    return {
        "base": tables.base,
        "slope": tables.slope,
        "intercept": tables.intercept,
        "reference": tables.reference.tolist(),
        "steps": [
            {"cuts": steps.cuts.tolist(), "values": steps.values.tolist(), "missing": steps.missing}
            for steps in tables.steps
        ],
    }


def _tables_in(content: dict[str, Any]) -> ScoreTables:
    """Tables from JSON values. Raises ReleaseError for a step function that is none."""
    steps = tuple(
        Steps(np.array(step["cuts"], dtype=float), np.array(step["values"], dtype=float), float(step["missing"]))
        for step in content["steps"]
    )
    for step in steps:
        if len(step.values) != len(step.cuts) + 1 or (np.diff(step.cuts) <= 0).any():
            raise ReleaseError("a step function has the wrong number of steps, or its cuts do not rise")
    return ScoreTables(
        base=float(content["base"]),
        steps=steps,
        reference=np.array(content["reference"], dtype=float),
        slope=float(content["slope"]),
        intercept=float(content["intercept"]),
    )
