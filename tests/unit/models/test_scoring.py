"""A day's scores: ranks, words, drift, verdicts, groups, and the card."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from models.card import card_page
from models.comparison import FIGURES, Judged
from models.county_features import COUNTY_SCHEMA
from models.feedback import township_verdicts
from models.floor import floor_tables
from models.monitor import advice, drift, moved_feeds, profile, state_of
from models.reasons import REST
from models.release import Release
from models.schema import FeatureError
from models.scoring import score_households
from models.slices import TOWNSHIP, lagging, listed_with, mitigation, quotas, slice_table
from pipelines.risk.score import choose_scorer, run_frame
from tests.unit.models.made_up import made_up_panel

FLOOR = Release("floor", COUNTY_SCHEMA.version, floor_tables(COUNTY_SCHEMA))
DAYS = dict.fromkeys(COUNTY_SCHEMA.feeds, date(2020, 10, 31))


@pytest.fixture(scope="module")
def day():
    return made_up_panel(400, origins=1, seed=5).select("household_no", "as_of", "township_code", *COUNTY_SCHEMA.names)


@pytest.fixture(scope="module")
def scored(day):
    return score_households(day, COUNTY_SCHEMA, FLOOR, feeds=DAYS, silent_feeds=[])


def test_reasons_add_up_and_are_dated(scored):
    scores, reasons = scored
    total = reasons.group_by("household_no").agg(pl.col("contribution").sum()).join(scores, on="household_no")
    gap = total["reference_log_odds"] + total["contribution"] - total["log_odds"]
    assert gap.abs().max() < 1e-9
    told = reasons.filter(pl.col("theme") != REST)
    assert (told["contribution"] > 0).all()
    assert told["text"].str.contains("数据截至2020-10-31").all()
    assert told.group_by("household_no").len()["len"].max() <= 3


def test_an_unknown_value_is_never_a_reason(day):
    silent = day.with_columns(pl.lit(None, pl.Float64).alias(name) for name in COUNTY_SCHEMA.names)
    scores, reasons = score_households(silent, COUNTY_SCHEMA, FLOOR, feeds={}, silent_feeds=["survey"])
    assert scores["reasons"].unique().to_list() == ["无突出风险信号"]
    assert reasons["theme"].unique().to_list() == [REST]


def test_order_of_rows_changes_nothing(day, scored):
    again = score_households(
        day.sample(fraction=1, shuffle=True, seed=1), COUNTY_SCHEMA, FLOOR, feeds=DAYS, silent_feeds=[]
    )
    assert again[0].equals(scored[0])
    assert again[1].equals(scored[1])


def test_an_undeclared_column_is_refused(day):
    with pytest.raises(FeatureError):
        score_households(
            day.with_columns(pl.lit(1.0).alias("later")), COUNTY_SCHEMA, FLOOR, feeds=DAYS, silent_feeds=[]
        )


def test_drift_is_seen(day):
    matrix = COUNTY_SCHEMA.matrix(day, ("household_no", "as_of", "township_code"))
    score = FLOOR.tables.probability(matrix)
    trained = {name: profile(matrix[:, place]) for place, name in enumerate(COUNTY_SCHEMA.names)} | {
        "score": profile(score)
    }
    calm = drift([(matrix, score)], COUNTY_SCHEMA, trained)
    assert max(calm.values()) == pytest.approx(0, abs=1e-9)
    assert drift([(matrix[:150], score[:150]), (matrix[150:], score[150:])], COUNTY_SCHEMA, trained) == calm
    matrix[:, 0] = np.nan
    moved = drift([(matrix, score)], COUNTY_SCHEMA, trained)
    assert state_of(moved["income_ratio"]) == "异常"
    assert (moved_feeds(calm, COUNTY_SCHEMA), moved_feeds(moved, COUNTY_SCHEMA)) == ([], ["survey"])
    assert [advice(90, 100, 0.8, 0.8), advice(150, 100, 0.8, 0.8), advice(150, 100, 0.7, 0.8)] == [
        "keep",
        "recalibrate",
        "retrain",
    ]


def test_a_township_far_out_of_line_is_held():
    verdicts = pl.DataFrame(
        {
            "township_code": ["a"] * 100 + ["b"] * 100 + ["c"] * 40,
            "verdict": ["属实建议纳入", "不属实"] * 100 + ["不属实"] * 40,
        }
    )
    assert township_verdicts(verdicts).filter("is_held")["township_code"].to_list() == ["c"]
    assert township_verdicts(verdicts.head(0)).is_empty()


def test_a_group_that_is_not_found_is_named_with_what_is_done():
    labels = np.array(([1] * 10 + [0] * 40) * 2, dtype=np.int8)
    groups = pl.DataFrame({"户主年龄": ["65岁及以上"] * 50 + ["45岁以下"] * 50})
    listed = np.arange(100) >= 50
    table = slice_table(groups, np.full(100, 0.2), listed, labels, np.ones(100))
    assert [part.name for part in lagging(table)] == ["户主年龄：65岁及以上"]
    (kept,) = quotas(table)
    assert (kept.column, kept.value, kept.share) == ("户主年龄", "65岁及以上", 0.5)
    judged = Judged(labels, np.ones(100), np.arange(100), np.zeros(100, dtype=np.int64), room=np.array([40]))
    score = np.where(listed, 0.9, 0.1) + np.arange(100) / 1000
    found = listed_with((kept,), groups, score, judged)
    assert (found.sum(), found[:50].sum()) == (40, 20)
    after = slice_table(groups, np.full(100, 0.2), found, labels, np.ones(100))
    assert "50%" in mitigation(table, after, (kept,))[0]


def test_a_township_is_given_no_quota_of_its_own_lists():
    labels = np.array(([1] * 10 + [0] * 40) * 2, dtype=np.int8)
    groups = pl.DataFrame({TOWNSHIP: ["甲"] * 50 + ["乙"] * 50})
    table = slice_table(groups, np.full(100, 0.2), np.arange(100) >= 50, labels, np.ones(100))
    assert [part.name for part in lagging(table)] == ["乡镇：甲"]
    assert quotas(table) == ()


def test_the_card_is_one_page_that_loads_nothing():
    facts = {
        "rows": 10, "events": 3, "gate": {"promoted": False, "criteria": [{"name": "甲<b>", "found": "乙", "passed": False}]},
        "figures": {"本模型": {figure: [0.8, 0.7, 0.9] for figure in FIGURES}},
        "reliability": [[0.01, 0.02, 5.0], [0.1, 0.12, 5.0]], "recall_curve": {"本模型": [[0.1, 0.4], [0.2, 0.6]]},
        "themes": {"收入水平": 0.5}, "mitigation": [],
        "slices": [{"name": "户主年龄：不详", "rows": 1, "observed": 0.0, "expected": 0.1, "recall": None, "relative": None}],
    }  # fmt: skip
    page = card_page("champion-1", "champion", facts)
    assert "未通过" in page
    assert "甲&lt;b&gt;" in page
    assert page.count("<svg") == 3
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "").replace("http://www.w3.org/1999/xlink", "")


def scorer_with(profiles):
    """A scorer whose facts hold these profiles; its tables are the floor's, for every feed that may be silent too."""
    tables = FLOOR.tables
    return Release(
        "scorecard", COUNTY_SCHEMA.version, tables, dict.fromkeys(COUNTY_SCHEMA.feeds, tables), {"profiles": profiles}
    )


def test_a_feed_that_moved_is_left_out_and_a_score_that_moved_brings_back_the_floor(day):
    matrix = COUNTY_SCHEMA.matrix(day, ("household_no", "as_of", "township_code"))
    profiles = {name: profile(matrix[:, place]) for place, name in enumerate(COUNTY_SCHEMA.names)}
    release = scorer_with({**profiles, "score": profile(FLOOR.tables.probability(matrix))})
    calm = choose_scorer(release, "现用", [day], [])
    assert (calm.release, calm.moved) == (release, [])
    schools = day.with_columns(pl.col("students") + 30, pl.col("township_rate") * 100)
    assert choose_scorer(release, "现用", [schools], []).moved == ["school"]
    assert choose_scorer(release, "现用", [schools], ["school"]).moved == []
    thousandfold = day.with_columns(pl.col("income_ratio_mean") * 1000)
    lost = choose_scorer(release, "现用", [thousandfold], [])
    assert lost.release.kind == "floor"
    assert "变化异常，停用该模型" in lost.told
    feeds = pl.DataFrame({"feed": COUNTY_SCHEMA.feeds, "label": COUNTY_SCHEMA.feeds})
    told = run_frame(choose_scorer(release, "现用", [schools], ["water"]), feeds, date(2020, 12, 31))
    assert told.select("feeds_missing", "feeds_moved").row(0) == ("water", "school")
    assert "school" in told["told"].item()
