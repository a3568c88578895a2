"""Released scorers of a county: JSON files in the lake, each announced by an event in the ledger."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from models.floor import floor_tables
from models.release import Release, ReleaseError, from_json, release_hash, to_json
from models.schema import FeatureSchema
from pipelines.county import County
from pipelines.intake.ledger import append_events, read_events

EVENT = "scorer_release"


def release_folder(county: County) -> Path:
    """Where released scorers and their cards lie."""
    return county.lake / "scorers"


def floor_release(schema: FeatureSchema, why: str) -> Release:
    """The scorer of a county that has none of its own; `why` (Chinese) goes into its facts."""
    return Release("floor", schema.version, floor_tables(schema), facts={"why": why})


def current_release(county: County, as_of: date, schema: FeatureSchema) -> tuple[Release, str]:
    """The scorer that holds on a day, and a Chinese sentence that says which and why.

    The latest one released for an earlier day counts. None, a damaged one, or one made for other features: the floor.
    """
    events = [
        event
        for event in read_events(county)
        if event["event"] == EVENT and str(event["as_of"]) < as_of.isoformat() and event["promoted"]
    ]
    if not events:
        why = "本县还没有训练并通过评审的模型，按两年平均收入和预警规则排序，分值只作排序用"
        return floor_release(schema, why), why
    event = max(events, key=lambda known: (str(known["as_of"]), int(known["seq"])))
    file = release_folder(county) / f"{event['model_id']}.json"
    try:
        release = from_json(file.read_text(encoding="utf-8"), schema, event["sha256"])
    except (OSError, ReleaseError, UnicodeDecodeError):
        why = f"模型 {event['model_id']} 不能使用（文件缺失、改动或与现版本特征不符），改按两年平均收入和预警规则排序"
        return floor_release(schema, why), why
    return release, f"使用 {event['as_of']} 训练的模型 {release.model_id}"


def announce(county: County, release: Release, as_of: date, *, promoted: bool) -> Path:
    """Keep a release in the lake and note it in the ledger, with whether nights may use it; returns its file.

    Call under the county's lock. The file is safely on disk before the ledger names it.
    """
    folder = release_folder(county)
    folder.mkdir(parents=True, exist_ok=True)
    text = to_json(release)
    file = folder / f"{release.model_id}.json"
    hidden = file.with_name(f".{file.name}")
    with hidden.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    hidden.replace(file)
    event = {
        "event": EVENT,
        "as_of": as_of.isoformat(),
        "model_id": release.model_id,
        "kind": release.kind,
        "sha256": release_hash(text),
        "promoted": promoted,
    }
    append_events(county, [event])
    return file
