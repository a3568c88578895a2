"""Score tables say what the trees said, to the last digits, and come back from JSON the same."""

from __future__ import annotations

import json

import numpy as np
import pytest

from models.additive import Boosting, grow, read_tables
from models.county_features import COUNTY_SCHEMA
from models.floor import floor_tables
from models.release import Release, ReleaseError, from_json, release_hash, to_json
from models.score_table import ScoreTables, Steps
from tests.unit.models.made_up import made_up_matrix, made_up_risk

FEW_TREES = Boosting(max_iter=60, min_samples_leaf=30)


@pytest.fixture(scope="module")
def grown():
    matrix = made_up_matrix(3000, seed=1)
    labels = (np.random.default_rng(2).random(3000) < made_up_risk(matrix)).astype(np.int8)
    model = grow(matrix, labels, np.ones(3000), COUNTY_SCHEMA, seed=3, boosting=FEW_TREES)
    return model, matrix, labels


def test_tables_equal_the_trees(grown):
    model, matrix, _ = grown
    tables = read_tables(model, matrix.shape[1])
    edges = np.concatenate([steps.cuts for steps in tables.steps])
    others = np.random.default_rng(4).choice(edges, (2000, matrix.shape[1]))  # values that lie exactly on a cut
    others[np.random.default_rng(5).random(others.shape) < 0.2] = np.nan
    for rows in (matrix, others):
        assert np.abs(tables.raw(rows) - model.decision_function(rows)).max() < 1e-9


def test_every_feature_keeps_its_direction(grown):
    model, matrix, _ = grown
    tables = read_tables(model, matrix.shape[1])
    for feature, steps in zip(COUNTY_SCHEMA.features, tables.steps, strict=True):
        if feature.direction:
            assert (np.diff(steps.values) * feature.direction >= -1e-12).all(), feature.name


def test_a_model_with_interactions_is_refused():
    matrix = made_up_matrix(1500, seed=6)
    labels = (matrix[:, 0] * matrix[:, 1] > 2).astype(np.int8)
    with pytest.raises(ValueError, match="more than one feature"):
        read_tables(grow(matrix, labels, np.ones(1500), None, seed=1, boosting=FEW_TREES), matrix.shape[1])


def test_contributions_add_up_to_the_log_odds(grown):
    model, matrix, _ = grown
    tables = read_tables(model, matrix.shape[1]).calibrated(0.9, -0.1).referred_to(matrix)
    total = tables.reference_log_odds + tables.contributions(matrix).sum(axis=1)
    assert np.abs(total - tables.log_odds(matrix)).max() < 1e-9


def test_growing_twice_gives_the_same_release(grown):
    model, matrix, labels = grown
    again = grow(matrix, labels, np.ones(len(labels)), COUNTY_SCHEMA, seed=3, boosting=FEW_TREES)
    texts = [
        to_json(Release("champion", COUNTY_SCHEMA.version, read_tables(each, matrix.shape[1])))
        for each in (model, again)
    ]
    assert texts[0] == texts[1]


def test_a_release_comes_back_the_same(grown):
    model, matrix, _ = grown
    tables = read_tables(model, matrix.shape[1])
    without = dict.fromkeys(COUNTY_SCHEMA.feeds, tables)
    release = Release("champion", COUNTY_SCHEMA.version, tables, without, facts={"rows": 3000})
    text = to_json(release)
    back = from_json(text, COUNTY_SCHEMA, release_hash(text))
    assert (back.tables.probability(matrix) == release.tables.probability(matrix)).all()
    assert back.model_id == release.model_id


@pytest.mark.parametrize("spoil", ["hash", "schema", "cuts", "text"])
def test_a_spoilt_release_is_refused(spoil):
    text = to_json(Release("floor", COUNTY_SCHEMA.version, floor_tables(COUNTY_SCHEMA)))
    content = json.loads(text)
    if spoil == "schema":
        content["schema_version"] = "other"
    if spoil == "cuts":
        content["tables"]["steps"][0] = {"cuts": [2.0, 1.0], "values": [0, 0, 0], "missing": 0}
    changed = "{" if spoil == "text" else json.dumps(content)
    with pytest.raises(ReleaseError):
        from_json(changed, COUNTY_SCHEMA, release_hash(text) if spoil == "hash" else None)


def test_the_spare_tables_answer_for_silent_feeds():
    full = floor_tables(COUNTY_SCHEMA)
    spares = {feed: full.calibrated(1.0, float(number)) for number, feed in enumerate(COUNTY_SCHEMA.feeds)}
    release = Release("champion", COUNTY_SCHEMA.version, full, spares)
    assert release.tables_for([], COUNTY_SCHEMA) is full
    assert release.tables_for(["water"], COUNTY_SCHEMA).intercept == spares["water"].intercept
    (water,) = COUNTY_SCHEMA.columns_of_feed("water")
    both = release.tables_for(["water", "survey"], COUNTY_SCHEMA)
    assert (both.intercept, both.steps[water].values.tolist()) == (spares["survey"].intercept, [full.reference[water]])
    with pytest.raises(ReleaseError, match="silent"):
        from_json(to_json(Release("champion", COUNTY_SCHEMA.version, full)), COUNTY_SCHEMA)


def test_a_missing_feed_does_not_make_the_floor_s_risk_vanish():
    matrix = made_up_matrix(2000, seed=8)
    silent = matrix.copy()
    silent[:, COUNTY_SCHEMA.columns_of_feed("survey")] = np.nan
    tables = floor_tables(COUNTY_SCHEMA)
    assert tables.probability(silent).mean() > 0.5 * tables.probability(matrix).mean()


def test_steps_hold_their_upper_end():
    steps = Steps(np.array([1.0, 2.0]), np.array([10.0, 20.0, 30.0]), -1.0)
    assert steps.at(np.array([0.5, 1.0, 1.5, 2.0, 2.5, np.nan])).tolist() == [10, 10, 20, 20, 30, -1]
    assert ScoreTables(0.0, (steps,), np.zeros(1)).raw(np.array([[1.0]])).tolist() == [10]
