"""What is learnt is what is there: planted columns are refused, spoilt labels show, and the gate can say no."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from models.calibration import fit_level, fit_sigmoid
from models.censoring import taught
from models.comparison import Judged, area_list, compare
from models.county_features import COUNTY_SCHEMA
from models.gate import Evidence, best_single_auc, judge
from models.learn import suitable_kind, train, without_feed
from models.metrics import Ranking, calibration_error, pr_auc, recall_at, roc_auc
from models.release import Release
from models.rolling import CANDIDATE, FLOORS, PANEL_KEYS, rolling_study, training_rows
from models.schema import FeatureError
from models.score_table import logistic
from tests.unit.models.made_up import made_up_panel, made_up_risk


@pytest.fixture(scope="module")
def panel():
    return made_up_panel(1200, origins=5, seed=20)


@pytest.fixture(scope="module")
def study(panel):
    return rolling_study(panel, COUNTY_SCHEMA, "scorecard", tests=2)


def evidence(study, **changed):
    facts = {
        "candidate": CANDIDATE, "floors": FLOORS[:2], "incumbent": None, "events": study.events,
        "comparison": study.comparison, "calibration_error": study.calibration_error, "expected": study.expected,
        "observed": study.observed, "single_auc": 0.7, "slice_recall": {},
    }  # fmt: skip
    return Evidence(**{**facts, **changed})


def test_a_planted_future_column_is_refused(panel):
    planted = panel.with_columns(pl.col("label").cast(pl.Float64).alias("income_next_quarter"))
    with pytest.raises(FeatureError, match="income_next_quarter"):
        training_rows(planted, COUNTY_SCHEMA)
    with pytest.raises(FeatureError, match="income_next_quarter"):
        COUNTY_SCHEMA.matrix(planted, PANEL_KEYS)


def test_a_planted_copy_of_the_label_in_a_declared_column_is_stopped_by_the_gate(panel):
    leaking = panel.with_columns((pl.col("label") + 0.01 * pl.col("income_ratio").fill_null(1)).alias("reports_90"))
    found = rolling_study(leaking, COUNTY_SCHEMA, "scorecard", tests=1)
    name, auc = best_single_auc(found.matrix, found.judged.labels, found.judged.weights, COUNTY_SCHEMA)
    assert name == "reports_90"
    assert auc > 0.9
    assert not judge(evidence(found, single_auc=auc)).promoted


def test_spoilt_labels_make_quality_fall(panel, study):
    spoilt = panel.with_columns(pl.Series("label", np.random.default_rng(1).permutation(panel["label"].to_numpy())))
    worse = rolling_study(spoilt, COUNTY_SCHEMA, "scorecard", tests=2)
    honest = study.comparison.figures[CANDIDATE]["roc_auc"].value
    assert honest > 0.75
    assert worse.comparison.figures[CANDIDATE]["roc_auc"].value < honest - 0.2


def test_nothing_teaches_before_its_window_is_closed(panel):
    """The outcomes of the windows still open on the tested day are turned round; the test must not notice."""
    days = sorted(panel["as_of"].unique())
    late = [day for day in days if (days[-1] - day).days < 180 and day != days[-1]]
    turned = panel.with_columns(
        pl.when(pl.col("as_of").is_in(late)).then(1 - pl.col("label")).otherwise(pl.col("label")).alias("label")
    )
    one, other = (rolling_study(frame, COUNTY_SCHEMA, "scorecard", tests=1) for frame in (panel, turned))
    assert late
    assert (one.candidate == other.candidate).all()


def test_probabilities_come_true(study):
    assert study.calibration_error < 0.04
    assert study.observed / study.expected == pytest.approx(1, abs=0.2)


def test_the_champion_finds_the_known_risk(panel):
    rows = training_rows(panel.filter(pl.col("as_of") < date(2018, 10, 1)), COUNTY_SCHEMA)
    tables = train(rows, COUNTY_SCHEMA, "champion", seed=1)
    new = made_up_panel(2000, origins=1, seed=99)
    matrix = COUNTY_SCHEMA.matrix(new, PANEL_KEYS)
    assert np.corrcoef(tables.log_odds(matrix), np.log(made_up_risk(matrix)))[0, 1] > 0.85
    assert tables.probability(matrix).mean() == pytest.approx(new["label"].mean(), rel=0.2)
    silent = matrix.copy()
    silent[:, COUNTY_SCHEMA.columns_of_feed("survey")] = np.nan
    assert tables.probability(silent).mean() > 0.6 * tables.probability(matrix).mean()


def test_the_gate_promotes_a_good_scorer_and_refuses_a_bad_one(study):
    assert judge(evidence(study)).promoted
    assert not judge(evidence(study, events=10)).promoted
    assert not judge(evidence(study, calibration_error=0.05)).promoted
    assert not judge(evidence(study, observed=2 * study.expected)).promoted
    assert not judge(evidence(study, slice_recall={"户主年龄：65岁及以上": 0.3})).promoted
    assert not judge(evidence(study, slice_recall={"户主年龄：65岁及以上": 0.3}, mitigated=True)).promoted
    assert judge(evidence(study, slice_recall={"户主年龄：65岁及以上": 0.6}, mitigated=True)).promoted
    assert not judge(evidence(study, candidate=FLOORS[0], floors=(CANDIDATE,))).promoted


def test_so_many_events_bear_such_a_scorer():
    assert [suitable_kind(events) for events in (0, 99, 100, 499, 500)] == [
        "floor", "floor", "scorecard", "scorecard", "champion",
    ]  # fmt: skip


def test_censored_rows_teach_nothing_and_their_like_weigh_more():
    outcomes = ["none", "helped", "gone", "event", "early", "monitored", "open"] * 20
    panel = pl.DataFrame(
        {"as_of": [date(2020, 1, 31)] * 140, "outcome": outcomes, "income_ratio_mean": np.arange(140.0)}
    )
    rows = taught(panel, "income_ratio_mean")
    assert sorted(rows["outcome"].unique()) == ["event", "none"]
    assert rows.filter(pl.col("label") == 1)["weight"].unique().to_list() == [1.0]
    assert rows.filter(pl.col("label") == 0)["weight"].mean() == pytest.approx(3, rel=0.3)


def test_metrics_agree_with_their_definitions():
    lots = np.random.default_rng(3)
    labels, scores = (lots.random(500) < 0.2).astype(np.int8), np.round(lots.random(500), 1)
    weights = lots.integers(1, 4, 500).astype(float)
    positives, negatives = Ranking.of(scores).blocks(labels, weights)
    assert roc_auc(positives, negatives) == pytest.approx(roc_auc_score(labels, scores, sample_weight=weights))
    assert pr_auc(positives, negatives) == pytest.approx(average_precision_score(labels, scores, sample_weight=weights))
    assert recall_at(positives, negatives, 1.0) == pytest.approx(1)
    assert calibration_error(labels.astype(float), labels, weights) == 0


def test_a_champion_is_learnt_where_a_feed_never_spoke(panel):
    places = COUNTY_SCHEMA.columns_of_feed("medical")
    silent = panel.with_columns(pl.lit(None, pl.Float64).alias(COUNTY_SCHEMA.names[place]) for place in places)
    rows = training_rows(silent, COUNTY_SCHEMA)
    tables = train(rows, COUNTY_SCHEMA, "champion", seed=1)
    assert all(len(set(tables.steps[place].values)) == 1 for place in places), "it tells nothing of them"
    assert tables.probability(rows.matrix).mean() == pytest.approx(rows.labels.mean(), rel=0.3)
    assert roc_auc_score(rows.labels, tables.probability(rows.matrix)) > 0.6


def test_no_feed_takes_the_risk_away_with_it(panel):
    """Every feed in turn falls silent: the mean risk stays, and what is left still ranks."""
    taught = panel.filter(pl.col("as_of") < panel["as_of"].max())
    tables = train(training_rows(taught, COUNTY_SCHEMA), COUNTY_SCHEMA, "scorecard")
    without = {
        feed: without_feed(tables, training_rows(taught, COUNTY_SCHEMA), COUNTY_SCHEMA, feed)
        for feed in COUNTY_SCHEMA.feeds
    }
    release = Release("scorecard", COUNTY_SCHEMA.version, tables, without)
    now = training_rows(panel.filter(pl.col("as_of") == panel["as_of"].max()), COUNTY_SCHEMA)
    usual = tables.probability(now.matrix).mean()
    for feed in COUNTY_SCHEMA.feeds:
        silent = now.matrix.copy()
        silent[:, COUNTY_SCHEMA.columns_of_feed(feed)] = np.nan
        found = release.tables_for([feed], COUNTY_SCHEMA).probability(silent)
        assert 0.85 < found.mean() / usual < 1.15, feed
        assert roc_auc_score(now.labels, found) > 0.55, feed
    everything = np.full_like(now.matrix, np.nan)
    blind = release.tables_for(COUNTY_SCHEMA.feeds, COUNTY_SCHEMA).probability(everything)
    assert 0.5 < blind.mean() / usual < 1.5


def test_every_area_lists_its_own_capacity():
    scores, area = np.arange(100.0), np.repeat([1, 2], 50)
    judged = Judged(np.zeros(100, dtype=np.int8), np.ones(100), np.arange(100), area)
    listed = area_list(scores, judged)
    assert listed[area == 1].sum() == listed[area == 2].sum() == 5
    assert listed[45:50].all()


def test_a_scorer_leads_itself_by_nothing():
    lots = np.random.default_rng(4)
    labels = (lots.random(300) < 0.3).astype(np.int8)
    scores = labels + lots.normal(size=300)
    judged = Judged(labels, np.ones(300), np.arange(300) // 2, np.zeros(300, dtype=np.int64))
    lead = compare({"a": scores, "b": scores}, judged, draws=50).leads["a", "b"]["roc_auc"]
    assert (lead.value, lead.low, lead.high) == (0, 0, 0)


def test_calibration_recovers_slope_and_level():
    lots = np.random.default_rng(5)
    raw = lots.normal(size=20_000)
    labels = (lots.random(20_000) < logistic(0.7 * raw - 2)).astype(np.int8)
    slope, intercept = fit_sigmoid(raw, labels, np.ones(20_000))
    assert (slope, intercept) == (pytest.approx(0.7, abs=0.06), pytest.approx(-2, abs=0.08))
    assert fit_level(raw * 0.7, labels, np.ones(20_000)) == pytest.approx(-2, abs=0.08)
    upside_down, _ = fit_sigmoid(-raw, labels, np.ones(20_000))
    assert upside_down == 1.0
