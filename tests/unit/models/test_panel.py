"""Any panel becomes a task: whatever its times, gaps, texts and holes."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from models.panel import panel_task

WAVES = [1984, 1985, 1988, 1991]


def untidy(people: int = 60) -> pl.DataFrame:
    """A panel as it comes: uneven years, texts, holes, a row twice."""
    lots = np.random.default_rng(3)
    rows = [
        (f"P{person}", wave, f"{lots.lognormal(7, 0.6):.1f}", lots.choice(["farm", "trade"]), str(lots.integers(0, 4)))
        for person in range(people)
        for wave in WAVES
        if lots.random() > 0.1
    ]
    panel = pl.DataFrame(rows, schema=["who", "year", "income", "job", "kids"], orient="row")
    holes = pl.DataFrame(
        [("P0", 1984, "NA", "farm", "1"), (None, 1985, "900", "farm", "1"), ("P1", None, "900", "farm", "1"), ("Z", 1991, "inf", "trade", "NA")],
        schema=panel.schema, orient="row",
    )  # fmt: skip
    return pl.concat([panel, holes, panel.head(3)])


def test_a_panel_becomes_a_task():
    rows = [
        (person, year, income)
        for person, incomes in {
            "a": (10, 10, 4),
            "b": (10, 10, 4),
            "c": (9, 11, 12),
            "d": (5, 10, 20),
            "e": (8, 8, 9),
        }.items()
        for year, income in enumerate(incomes, start=2000)
    ]
    panel = pl.DataFrame(rows, schema=["who", "year", "income"], orient="row").with_columns(pl.lit(1).alias("kids"))
    task = panel_task(panel, entity="who", time="year", income="income", covariates={"kids": 1}, line_share=0.6)
    last = task.frame.filter(pl.col("time") == 2).sort("entity")
    assert last["entity"].to_list() == ["a", "b", "c", "d", "e"]
    assert last["label"].to_list() == [1, 1, 0, 0, 0]
    assert last["group"][0] == last["group"][1]  # the same incomes all the way: one household
    assert last["past_poor"].to_list() == [0, 0, 0, 1, 0]
    assert task.rows.events == 1
    with pytest.raises(ValueError, match="two times"):
        panel_task(panel.filter(pl.col("year") == 2000), entity="who", time="year", income="income", covariates={})


def test_times_count_in_their_order_however_far_apart():
    task = panel_task(untidy(), entity="who", time="year", income="income", covariates={"kids": 1, "job": 0})
    assert sorted(task.frame["time"].unique()) == [1, 2, 3]
    assert task.schema.names[-3:] == ["kids", "job=farm", "job=trade"]
    assert set(np.unique(task.rows.matrix[:, -1])) <= {0.0, 1.0}
    assert not np.isinf(task.rows.matrix).any()
    assert "Z" not in task.frame["entity"].to_list()


@pytest.mark.parametrize("times", [[str(wave) for wave in WAVES], [date(wave, 6, 30) for wave in WAVES], ["a", "b", "c", "d"], [8.5, 9.5, 10.5, 20.5]])  # fmt: skip
def test_times_may_be_numbers_texts_or_days(times):
    as_numbers = untidy().drop_nulls("year")
    renamed = as_numbers.with_columns(year=pl.Series([times[WAVES.index(year)] for year in as_numbers["year"]]))
    tasks = [panel_task(of, entity="who", time="year", income="income", covariates={}) for of in (as_numbers, renamed)]
    assert tasks[0].frame.equals(tasks[1].frame)


def test_entities_may_be_numbers_and_a_flag_may_be_true_or_false():
    panel = untidy().with_columns(
        who=pl.col("who").str.slice(1).cast(pl.Int64, strict=False), owner=pl.col("job") == "farm"
    )
    task = panel_task(panel, entity="who", time="year", income="income", covariates={"owner": -1})
    assert task.schema.directions[-1] == -1
    assert task.frame.height > 60


@pytest.mark.parametrize(
    ("changed", "covariates", "told"),
    [
        (lambda panel: panel, {"age": 0}, "no column"),
        (lambda panel: panel.with_columns(job=pl.format("job {}", pl.int_range(pl.len()))), {"job": 0}, "text of"),
        (lambda panel: panel.with_columns(income=pl.lit("-5")), {}, "not above zero"),
        (lambda panel: panel.with_columns(year=pl.lit(1984)), {}, "two times"),
        (lambda panel: panel.head(0), {}, "two times"),
    ],
)
def test_a_panel_that_is_none_is_refused_with_a_reason(changed, covariates, told):
    with pytest.raises(ValueError, match=told):
        panel_task(changed(untidy()), entity="who", time="year", income="income", covariates=covariates)
