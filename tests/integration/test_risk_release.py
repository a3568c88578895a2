"""A release is an event: judged, kept with its hash, used by later nights only, and never trusted when damaged."""

from __future__ import annotations

import json
from datetime import date

import pytest

from models.county_features import COUNTY_SCHEMA
from models.rolling import training_rows
from pipelines.county import County
from pipelines.intake.ledger import read_events
from pipelines.risk import train as training
from pipelines.risk.refresh import level_check, release_recalibrated
from pipelines.risk.registry import EVENT, current_release
from pipelines.warehouse.identity import RunIdentity
from tests.unit.models.made_up import made_up_panel

DAY = date(2020, 6, 30)
NIGHT = date(2020, 7, 1)


@pytest.fixture
def county(tmp_path):
    (tmp_path / "county.yml").write_text("name: 样例县\nregion: '350181'\ndocuments: [FQ]\n", encoding="utf-8")
    return County.open(tmp_path)


def release(county, households, origins, base=-1.0, night=DAY):
    panel = made_up_panel(households, origins, seed=30, base=base).drop("label", "weight")
    identity = RunIdentity("train", night, night, "test")
    facts = {"held_townships": ["350181009"]}
    return training.release_trained(county, panel, identity, lambda _line: None, of_townships=facts)


def test_a_good_scorer_is_released_and_used_by_later_nights(county, monkeypatch):
    monkeypatch.setattr(training, "suitable_kind", lambda _events: "scorecard")
    report = release(county, 700, 5)
    assert report.promoted, report.decision
    event = read_events(county)[-1]
    assert (event["event"], event["as_of"], event["promoted"]) == (EVENT, "2020-06-30", True)
    used, told = current_release(county, NIGHT, COUNTY_SCHEMA)
    assert used.model_id == report.release.model_id
    assert report.release.model_id in told
    assert current_release(county, DAY, COUNTY_SCHEMA)[0].kind == "floor"
    assert set(used.without) == set(COUNTY_SCHEMA.feeds)
    assert_level_is_mended_first(county, used)
    page = report.card.read_text(encoding="utf-8")
    assert "350181009" in page
    assert "胜过“收入排序”" in page
    file = report.card.with_suffix(".json")
    content = json.loads(file.read_text(encoding="utf-8"))
    content["tables"]["base"] += 1
    file.write_text(json.dumps(content), encoding="utf-8")
    damaged, why = current_release(county, NIGHT, COUNTY_SCHEMA)
    assert damaged.kind == "floor"
    assert "不能使用" in why


def assert_level_is_mended_first(county, used):
    """More hardship than expected asks for a recalibration; the gate wants it nearer; nights then use what came of it."""
    calm, harder = (training_rows(made_up_panel(3000, 1, seed=70, base=base), COUNTY_SCHEMA) for base in (-1.0, -0.2))
    assert level_check(used, calm)["advice"] == "keep"
    found = level_check(used, harder)
    assert (found["advice"], found["observed"] > 1.25 * found["expected"]) == ("recalibrate", True)
    autumn = RunIdentity("train", date(2020, 9, 30), date(2020, 9, 30), "test")
    report = release_recalibrated(county, used, made_up_panel(3000, 1, seed=70, base=-0.2), found, autumn)
    assert report.promoted, report.decision
    mended, told = current_release(county, date(2020, 10, 1), COUNTY_SCHEMA)
    assert mended.model_id == report.release.model_id in told
    assert mended.facts["recalibrated_from"] == used.model_id
    assert "重新校准" in report.card.read_text(encoding="utf-8")
    assert level_check(mended, harder)["advice"] == "keep"
    few = made_up_panel(20, 1, seed=71, base=-3.0)
    assert not release_recalibrated(county, mended, few, found, autumn).promoted
    assert current_release(county, date(2020, 10, 1), COUNTY_SCHEMA)[0].model_id == mended.model_id


def test_too_little_history_gives_the_floor_and_says_so(county):
    report = release(county, 40, 3, base=-4.0)
    assert report.release.kind == "floor"
    assert report.decision is None
    assert not report.promoted
    assert "不足以训练" in report.release.facts["why"]
    assert "不足以训练" in report.card.read_text(encoding="utf-8")
    assert current_release(county, NIGHT, COUNTY_SCHEMA)[0].kind == "floor"


def test_no_file_of_a_release_is_a_pickle(county):
    report = release(county, 40, 3, base=-4.0)
    kinds = {file.suffix for file in report.card.parent.iterdir()}
    assert kinds == {".html", ".json"}
