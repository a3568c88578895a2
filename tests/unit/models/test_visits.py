"""Whom a township visits: by rank, by what is kept for a group, and a few by lot."""

from __future__ import annotations

import polars as pl

from models.visits import BY_LOT, BY_QUOTA, BY_RANK, Quota, visit_plan

TOWNSHIPS = ["甲", "乙"]


def candidates(count: int = 200) -> pl.DataFrame:
    """Households of two townships, the first the riskiest; every fifth has an old head, none of them among the first 50."""
    return pl.DataFrame({
        "household_no": [f"{number:04d}" for number in range(count)],
        "township_code": [TOWNSHIPS[number % 2] for number in range(count)],
        "log_odds": [-float(number) for number in range(count)],
        "户主年龄": ["65岁及以上" if number >= 50 and number % 5 == 0 else "45岁以下" for number in range(count)],
    })  # fmt: skip


def test_a_township_gets_as_many_visits_as_it_can_make_and_one_in_twenty_five_by_lot():
    plan = visit_plan(candidates(), (), {"甲": 50, "乙": 10}, "night")
    counts = {(code, why): count for code, why, count in plan.group_by("township_code", "why").len().iter_rows()}
    assert counts == {("甲", BY_RANK): 48, ("甲", BY_LOT): 2, ("乙", BY_RANK): 9, ("乙", BY_LOT): 1}
    assert plan["household_no"].is_unique().all()
    riskiest = plan.filter((pl.col("why") == BY_RANK) & (pl.col("township_code") == "乙"))["household_no"].to_list()
    assert riskiest == [f"{number:04d}" for number in range(1, 19, 2)]


def test_everybody_left_over_has_the_same_known_chance_by_lot():
    plans = [visit_plan(candidates(), (), {"乙": 10}, f"night {number}") for number in range(300)]
    drawn = pl.concat(plans).filter(pl.col("why") == BY_LOT)
    assert drawn["probability"].unique().to_list() == [1 / 91]
    often = drawn.group_by("household_no").len()
    assert often.height > 80
    assert often["len"].max() < 14
    assert visit_plan(candidates(), (), {"乙": 10}, "night 1").equals(plans[1])


def test_places_are_kept_for_a_group_that_the_ranking_overlooks():
    kept = Quota("户主年龄", "65岁及以上", 0.25)
    plan = visit_plan(candidates(), (kept,), {"甲": 21}, "night")
    assert plan["why"].value_counts().sort("why").rows() == sorted([(BY_RANK, 15), (BY_QUOTA, 5), (BY_LOT, 1)])
    old = candidates().filter(pl.col("户主年龄") == kept.value, pl.col("township_code") == "甲")["household_no"]
    assert plan.filter(pl.col("why") == BY_QUOTA)["household_no"].to_list() == old.head(5).to_list()
    assert plan.columns == ["household_no", "township_code", "log_odds", "why", "probability"]


def test_nobody_is_visited_where_there_is_no_room():
    assert visit_plan(candidates(), (), {}, "night").is_empty()
    assert visit_plan(candidates().head(0), (), {"甲": 5}, "night").is_empty()
