"""A past night's features hold what that night could know: replay, poison and outage, on a synthetic county."""

from __future__ import annotations

import shutil
from datetime import date, timedelta

import duckdb
import polars as pl
import pytest

from models.county_features import COUNTY_SCHEMA
from pipelines.county import County
from pipelines.intake.receive import receive
from pipelines.risk import score_night
from pipelines.risk.history import _LABELS, HORIZON_DAYS, History
from pipelines.risk.replay import PAST_KEYS, features_on, read_recipe
from pipelines.risk.score import read_features
from pipelines.sample_county import write_county
from pipelines.settings import Settings
from pipelines.warehouse.build import run_dbt
from pipelines.warehouse.identity import RunIdentity
from pipelines.warehouse.load import load_raw

DAY = date(2020, 8, 31)
LATER = date(2020, 11, 30)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A county with all its files in the lake, and the build of a night on DAY as that night knew things."""
    folder = tmp_path_factory.mktemp("risk")
    write_county(folder / "county", 80, 11)
    county = County.open(folder / "county")
    receive(county)
    work = folder / "night"
    work.mkdir()
    build = work / "warehouse.duckdb"
    load_raw(county, build, RunIdentity("night", DAY, DAY + timedelta(days=1), "test"))
    result = run_dbt(build, work, Settings.from_environment())
    return county, build, read_recipe(result.target / "manifest.json")


@pytest.fixture(scope="module")
def night_frame(built):
    with duckdb.connect(str(built[1]), read_only=True) as connection:
        return read_features(connection, PAST_KEYS)


def poisoned(county: County, folder) -> County:
    """A copy of the county that later receives the whole employment list of June and the survey of April anew, wages gone."""
    home = folder / "county"
    shutil.copytree(county.home, home)
    copy = County.open(home)
    files = sorted((copy.lake / "forms" / "registry_household").glob("*.parquet"))
    numbers = sorted(
        set(pl.concat([pl.read_parquet(file, columns=["household_no"]) for file in files])["household_no"])
    )
    lines = ["户编号,季度,工资性收入,生产经营性收入,生产经营性支出,财产性收入,赡养抚养收入,其他转移性收入,转移性支出"]
    lines += [f"{number},2020-Q2,0,0,0,0,0,0,0" for number in numbers]
    (copy.landing / "income_survey").mkdir(parents=True, exist_ok=True)
    (copy.landing / "income_survey" / "2020-Q2-更正.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (copy.landing / "received.csv").write_text(
        "file,received_on,order\nincome_survey/2020-Q2-更正.csv,2020-10-15,1\n", encoding="utf-8"
    )
    receive(copy)
    return copy


def test_a_replay_equals_the_night_it_replays(built, night_frame):
    county, build, recipe = built
    again = features_on(county, build, recipe, DAY, Settings.from_environment())
    assert night_frame.height > 60
    assert again.equals(night_frame)


def test_what_came_later_changes_nothing_before_and_something_after(built, night_frame, tmp_path):
    county, build, recipe = built
    settings = Settings.from_environment()
    late = poisoned(county, tmp_path)
    assert features_on(late, build, recipe, DAY, settings).equals(night_frame)
    honest = features_on(county, build, recipe, LATER, settings)
    changed = features_on(late, build, recipe, LATER, settings)
    assert changed["quarter_ratio_min"].sum() < honest["quarter_ratio_min"].sum()


def test_an_unsurveyed_quarter_does_not_lower_the_income(built, night_frame):
    """The ratio holds what the surveyed months come to in a year, and of a year wholly surveyed the income itself."""
    query = """
        SELECT states.household_no, any_value(watch_fen * members) AS line_fen,
            any_value(income_status) AS status, any_value(previous_income_status) AS previous_status,
            any_value(previous_disposable_income_fen) AS previous_fen, sum(quarters.months) AS months,
            sum(quarters.wage_thirds + quarters.business_gross_thirds - quarters.business_cost_thirds + quarters.property_thirds
                + quarters.transfer_public_thirds + quarters.transfer_family_thirds - quarters.transfer_paid_thirds) AS thirds
        FROM intermediate.int_household_state AS states
        JOIN intermediate.int_household_at AS homes USING (as_of, household_no)
        LEFT JOIN intermediate.int_income_quarter AS quarters
            ON homes.household_id = quarters.household_id AND income_window = 'current' AND months > 0
        WHERE states.is_day GROUP BY states.household_no
    """
    with duckdb.connect(str(built[1]), read_only=True) as connection:
        frame = night_frame.join(connection.sql(query).pl(), on="household_no")
    now, mean, line = pl.col("income_ratio"), pl.col("income_ratio_mean"), pl.col("line_fen")
    partly = frame.filter(pl.col("status") == "部分")
    assert partly.height > 20
    assert partly.select(((now * line - 4 * pl.col("thirds") / pl.col("months")).abs() < 1).all()).item()
    whole = partly.filter(pl.col("previous_status") == "完整")
    assert whole.height > 20
    assert whole.select((((2 * mean - now) * line - pl.col("previous_fen")).abs() < 5).all()).item()
    assert frame.filter(pl.col("status") == "待定")["income_ratio"].is_null().all()


def test_a_day_with_less_than_a_year_behind_it_does_not_teach(built, night_frame):
    county, build, recipe = built
    young = date(2019, 3, 31)
    settings = Settings.from_environment()
    assert night_frame["reaches_back"].all()
    assert not features_on(county, build, recipe, young, settings)["reaches_back"].any()
    with duckdb.connect(str(build), read_only=True) as connection:
        labels = connection.sql(_LABELS, params=[HORIZON_DAYS]).pl()
    told: list[str] = []
    history = History(county, build, recipe, settings, told.append, labels, pl.DataFrame(), held=[], room={})
    grown = date(2020, 2, 29)
    assert {young, grown} <= set(labels["as_of"])
    assert set(history.panel([young, grown])["as_of"]) == {grown}
    assert [line for line in told if "不满一年" in line] == ["训练：2019-03-31 以前的资料不满一年，这一天不用于训练"]
    assert history.panel([young]).height == 0


def test_a_silent_feed_is_unknown_not_safe(built, tmp_path):
    county, build, recipe = built
    with duckdb.connect(str(build), read_only=True) as connection:
        missing = connection.sql("SELECT feed FROM intermediate.int_risk_feed WHERE is_missing = 1").fetchall()
    assert missing == []
    home = tmp_path / "county"
    shutil.copytree(county.home, home)
    ledger = home / "lake" / "ledger.jsonl"
    kept = [
        line
        for line in ledger.read_text(encoding="utf-8").splitlines()
        if '"form":"medical_settlement"' not in line.replace(": ", ":")
    ]
    renumbered = [
        line.replace(line[line.index('"seq"') : line.index(",", line.index('"seq"'))], f'"seq":{number}')
        for number, line in enumerate(kept, 1)
    ]
    ledger.write_text("\n".join(renumbered) + "\n", encoding="utf-8")
    frame = features_on(County.open(home), build, recipe, DAY, Settings.from_environment())
    medical = [COUNTY_SCHEMA.names[place] for place in COUNTY_SCHEMA.columns_of_feed("medical")]
    assert frame.select(pl.col(name).is_null().all() for name in medical).row(0) == (True,) * len(medical)


def test_scores_and_reasons_are_written_with_chinese_comments(built):
    county, build, _ = built
    told: list[str] = []
    identity = RunIdentity("night", DAY, DAY + timedelta(days=1), "test")
    count = score_night(build, county, Settings.from_environment(), identity, told.append)
    with duckdb.connect(str(build), read_only=True) as connection:
        scores = connection.sql("SELECT * FROM marts.fct_risk_score").pl()
        gap = connection.sql(
            "SELECT max(abs(log_odds - reference_log_odds - total)) FROM marts.fct_risk_score"
            " JOIN (SELECT household_no, sum(contribution) AS total FROM marts.fct_risk_reason GROUP BY ALL) USING (household_no)"
        ).fetchall()[0][0]
        silent = connection.sql(
            "SELECT count(*) FROM duckdb_columns() WHERE schema_name = 'marts' AND table_name LIKE 'fct_risk%' AND comment IS NULL"
        ).fetchall()[0][0]
    assert "还没有训练" in told[0]
    assert count == scores.height > 60
    assert scores["model_kind"].unique().to_list() == ["floor"]
    assert gap < 1e-9
    assert silent == 0
    first = scores
    score_night(build, county, Settings.from_environment(), identity, told.append)
    with duckdb.connect(str(build), read_only=True) as connection:
        assert connection.sql("SELECT * FROM marts.fct_risk_score").pl().equals(first)
