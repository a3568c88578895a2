from datetime import date

import numpy as np
import polars as pl
import pytest

from pipelines.sample_county.county import Sample, imagine
from pipelines.sample_county.departments.assistance import procedure_event
from pipelines.sample_county.economy import poor
from pipelines.sample_county.policy import standard_lines
from pipelines.sample_county.timeline import Timeline


@pytest.fixture(scope="module")
def lives():
    return imagine(Sample(4000, 3, date(2020, 12, 31)))


def test_proportions_are_a_county_s(lives):
    scene, _ = lives
    at = scene.timeline.step(scene.timeline.last)
    assert 2.6 < scene.history.members[at].mean() < 3.2
    assert 0.02 < poor(scene.history, scene.timeline, at).mean() < 0.08
    assert 0.01 < (scene.history.care.dibao[at] > 0).mean() < 0.08
    assert 0.01 < scene.history.care.monitored[at].mean() < 0.06
    assert 0.04 < scene.population.households.registered.mean() < 0.14


def test_poverty_lasts_and_returns(lives):
    scene, _ = lives
    at = scene.timeline.step(scene.timeline.last)
    before, now = poor(scene.history, scene.timeline, at - 12), poor(scene.history, scene.timeline, at)
    assert 0.45 < now[before].mean() < 0.85
    assert now[~before].mean() < 0.05


def test_help_works_and_the_twin_suffers_the_same_blows(lives):
    scene, twin = lives
    at = scene.timeline.step(scene.timeline.last)
    assert poor(twin.history, twin.timeline, at).mean() > poor(scene.history, scene.timeline, at).mean()
    real, other = scene.history.illness.blows, twin.history.illness.blows
    assert np.array_equal(real.whom, other.whom) and np.array_equal(real.size, other.size)


def test_cases_take_every_step_in_order_and_a_few_post_too_late(lives):
    scene, _ = lives
    events = pl.concat(batch.frame for batch in procedure_event(scene)).sort("case_no", "purpose", "started_on")
    cases = events.group_by("case_no", "purpose", maintain_order=True).agg("step", "outcome", end="ended_on")
    whole = ["调查发现", "个人申请", "民主评议", "公开公示", "乡镇审核", "县级审批"]
    over = cases.filter(pl.col("end").list.max() < date(2020, 11, 1))
    told = {tuple(steps) for steps in over["step"].to_list()}
    assert told == {tuple(whole), tuple(whole[:5])} and set(over["purpose"]) == {"纳入", "退出"}
    assert all(
        turned[-1] == "不通过" for steps, turned in over.select("step", "outcome").iter_rows() if len(steps) == 5
    )
    posted = events.filter(pl.col("step") == "公开公示").select(
        (pl.col("ended_on") - pl.col("started_on")).dt.total_days()
    )
    short = (posted.to_series() < 14).mean()
    assert 0 < short < 0.1


def test_the_truth_table_says_what_happened_and_lies_outside_landing(county):
    truth = pl.read_parquet(county / "truth" / "truth.parquet")
    assert truth.height == truth.select("household_no", "month").n_unique() == 150 * 36
    assert truth.select((pl.col("poor") == (pl.col("income_per_capita") < pl.col("line"))).mean()).item() > 0.999
    assert {"shock_illness", "shock_job_loss", "shock_disaster", "shock_misfortune", "shock_unforeseen"} <= set(
        truth.columns
    )
    assert not list((county / "landing").rglob("*truth*"))


@pytest.mark.parametrize("document", ["LY", "FQ", "LS", "FX", "TR"])
def test_lines_cover_the_span_and_dibao_never_lies_under_the_national_standard(document):
    timeline = Timeline.until(date(2024, 9, 30), 30)
    lines = pl.concat(standard_lines("359921", (document,), timeline).values())
    for line in ("农村低保标准", "城市低保标准", "特困供养标准", "国家扶贫标准", "省定贫困线"):
        assert lines.filter(pl.col("line") == line)["effective_from"].min() <= date(2017, 1, 1)
    rural = lines.filter(pl.col("line") == "农村低保标准").select("effective_from", rural=pl.col("amount") * 12)
    national = lines.filter(pl.col("line") == "国家扶贫标准").select("effective_from", "amount")
    assert rural.join(national, on="effective_from").filter(pl.col("rural") < pl.col("amount")).is_empty()
