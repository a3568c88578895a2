"""What a county's past teaches: outcomes of earlier days, what their nights could see, and the townships' verdicts."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from models.county_features import COUNTY_SCHEMA
from models.feedback import township_verdicts
from pipelines.county import County
from pipelines.risk.replay import PAST_KEYS, Recipe, features_on, read_recipe
from pipelines.risk.visits import township_room
from pipelines.settings import Settings
from pipelines.vault.rewrite import finish
from pipelines.warehouse.build import run_dbt
from pipelines.warehouse.connect import attach, memory_connection
from pipelines.warehouse.identity import RunIdentity
from pipelines.warehouse.load import load_raw

HORIZON_DAYS = 180
MONTHS_BETWEEN = 2
Progress = Callable[[str], None]

_LABELS = """
    SELECT as_of, household_no, outcome, event_on, kind FROM intermediate.int_risk_label WHERE horizon_days = $1
"""
_VERDICTS = """
    SELECT households.township_code, answers.warning_no, answers.verdict
    FROM staging.stg_township_feedback AS answers
    JOIN intermediate.int_household_at AS households
        ON substr(answers.warning_no, 3, length(answers.warning_no) - 11) = households.household_no
    JOIN intermediate.int_as_of AS days ON households.as_of = days.as_of AND days.is_day
    ORDER BY answers.verified_on, answers.warning_no
"""


@dataclass(frozen=True)
class History:
    """The past as known on one day.

    labels: outcomes (see int_risk_label). verdicts: answers with their township. held: townships whose verdicts are far
    out of line; they do not teach. room: how many households each township can visit before a window closes.
    """

    county: County
    build: Path
    recipe: Recipe
    settings: Settings
    progress: Progress
    labels: pl.DataFrame
    verdicts: pl.DataFrame
    held: list[str]
    room: dict[str, int]

    def closed_days(self, after: date = date.min) -> list[date]:
        """Month ends after a day whose windows are closed, every second one back from the latest, oldest first."""
        states = self.labels.group_by("as_of").agg((pl.col("outcome") == "open").any().alias("open"))
        days: list[date] = states.filter(~pl.col("open"))["as_of"].sort(descending=True).to_list()
        return sorted(day for day in days[::MONTHS_BETWEEN] if day > after)

    def panel(self, days: Sequence[date]) -> pl.DataFrame:
        """Features as those nights could see them, and outcomes; one row a day and household that may teach.

        A day whose files did not go back as far as the features look teaches nothing: what it sums over a year is less
        than a year's, and would teach that little is common.
        """
        frames = []
        for day in days:
            self.progress(f"训练：还原 {day} 当夜可见的数据")
            frame = features_on(self.county, self.build, self.recipe, day, self.settings)
            if not frame["reaches_back"].all():
                self.progress(f"训练：{day} 以前的资料不满一年，这一天不用于训练")
            frames.append(frame.filter(pl.col("reaches_back")).drop("reaches_back"))
        keys = [name for name in PAST_KEYS if name != "reaches_back"]
        nothing = pl.DataFrame(schema=dict.fromkeys((*keys, *COUNTY_SCHEMA.names), pl.String())).with_columns(
            pl.col("as_of").cast(pl.Date)
        )
        features = pl.concat([frame for frame in frames if frame.height] or [nothing])
        panel = features.join(self.labels, on=["as_of", "household_no"])
        return panel.filter(~pl.col("township_code").is_in(self.held)).sort("as_of", "household_no")


@contextmanager
def open_history(
    county: County, identity: RunIdentity, settings: Settings, lock: int, progress: Progress
) -> Iterator[History]:
    """The history as known on the identity's day, under the county's lock; the lake is used as it is, nothing is received.

    Raises BuildError when the warehouse of that day cannot be computed.
    """
    finish(county)
    work = county.work / identity.run_id
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700, parents=True)
    try:
        build = work / "warehouse.duckdb"
        progress("训练：计算截至训练日的结果")
        load_raw(county, build, identity)
        built = run_dbt(build, work, settings, lock)
        connection = memory_connection(settings, work / "spill")
        try:
            attach(connection, build, "build")
            connection.execute("USE build")
            labels = connection.sql(_LABELS, params=[HORIZON_DAYS]).pl()
            verdicts = connection.sql(_VERDICTS).pl()
            monthly = township_room(connection, identity.as_of)
        finally:
            connection.close()
        yield History(
            county,
            build,
            read_recipe(built.target / "manifest.json"),
            settings,
            progress,
            labels,
            verdicts,
            held=township_verdicts(verdicts).filter(pl.col("is_held"))["township_code"].to_list(),
            room={code: visits * (HORIZON_DAYS // 30) for code, visits in monthly.items()},
        )
    finally:
        shutil.rmtree(work, ignore_errors=True)
