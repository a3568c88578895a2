"""Labour office, finance bureau and the townships' surveyors: what households earn and are paid."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

import numpy as np
import polars as pl

from pipelines.sample_county.entitlements import ITEMS
from pipelines.sample_county.names import EMPLOYERS
from pipelines.sample_county.policy import price, standard_lines
from pipelines.sample_county.population import JOB_KINDS, PUBLIC_JOB
from pipelines.sample_county.scene import Batch, Scene, choose, dates, fen, lags, monthly
from pipelines.sample_county.streams import Floats, Generator, Ints
from pipelines.sample_county.timeline import days_of, last_day, quarter_label
from pipelines.settings import PROJECT

_WORKING, _JOBLESS, _RETURNED = "在岗", "失业", "返乡"
_UNKNOWN_ITEM = "春节慰问金"


def _jobs(scene: Scene, month: int) -> pl.DataFrame:
    work, people, step = scene.history.work, scene.population.people, scene.timeline.step(month)
    draws = scene.draws("employment", month)
    n = len(work.worker)
    wage, jobless = work.wage[step].astype(np.float64), work.jobless[step]
    just_lost = jobless & (work.wage[step - 3 : step].max(axis=0) > 0)
    reach = people.listed[work.worker]
    rows = np.flatnonzero(((wage > 0) & (draws.random(n) < reach)) | (just_lost & (draws.random(n) < 0.55 * reach)))
    who, out = work.worker[rows], wage[rows] == 0
    before = work.jobless[:step].sum(axis=0)[rows] // 4
    months_out = np.select([work.wage[step - k][rows] > 0 for k in (1, 2, 3)], [0, 1, 2], 3)
    lost = np.where(
        out & (draws.random(len(rows)) < 0.85), days_of(month - months_out, 1 + who % 28), np.datetime64("NaT")
    )
    stated = wage[rows] * np.where(draws.random(len(rows)) < 0.3, np.exp(draws.normal(0, 0.04, len(rows))), 1.0)
    job = people.job[who]
    return pl.DataFrame({
        "person_id": scene.person_id(who),
        "person_name": people.name.gather(who),
        "month": dates(days_of(np.full(len(rows), month), 1)),
        "employer": choose(EMPLOYERS, (who * 7 + before) % len(EMPLOYERS)),
        "job_kind": choose(JOB_KINDS, job),
        "wage": fen(stated, 10.0).set(pl.Series(out), None),
        "status": choose((_WORKING, _JOBLESS, _RETURNED), np.where(out, 1 + (who % 3 == 0), 0)),
        "lost_job_on": dates(lost),
    }).with_columns(lags(draws, len(rows), np.where(job == 2, 0.14, 0.05), 3))  # fmt: skip


def _posts(scene: Scene, month: int) -> pl.DataFrame:
    step, people = scene.timeline.step(month), scene.population.people
    age = people.age(month)
    able = scene.first_of(scene.present(month) & (age > 17) & (age < 76))
    homes = np.flatnonzero((scene.history.care.post[step] > 0) & (able >= 0))
    n = len(homes)
    return pl.DataFrame({
        "person_id": scene.person_id(able[homes]),
        "person_name": people.name.gather(able[homes]),
        "month": dates(days_of(np.full(n, month), 1)),
        "employer": pl.Series(["村民委员会"] * n, dtype=pl.String),
        "job_kind": choose(JOB_KINDS, np.full(n, PUBLIC_JOB)),
        "wage": fen(scene.history.care.post[step][homes]),
        "status": pl.Series([_WORKING] * n, dtype=pl.String),
        "lost_job_on": pl.Series([None] * n, dtype=pl.Date),
        "_lag": np.zeros(n, dtype=np.int64),
    })  # fmt: skip


def employment(scene: Scene) -> Iterator[Batch]:
    """Jobs and wages of each month: the further away the work, the less and the later the office knows."""
    months = ((month, pl.concat([_jobs(scene, month), _posts(scene, month)])) for month in scene.timeline.reported)
    yield from monthly("employment", scene, months)


def pension_payment(scene: Scene) -> Iterator[Batch]:
    """Pensions of each month."""

    def months() -> Iterator[tuple[int, pl.DataFrame]]:
        for month in scene.timeline.reported:
            who, basic, account = scene.rights.pensions(month, scene.present(month))
            draws = scene.draws("pension_payment", month)
            frame = pl.DataFrame({
                "person_id": scene.person_id(who),
                "month": dates(days_of(np.full(len(who), month), 1)),
                "basic_pension": basic,
                "account_pension": account,
            })  # fmt: skip
            yield month, frame.with_columns(lags(draws, len(who), 0.01))

    yield from monthly("pension_payment", scene, months())


@cache
def subsidy_names() -> dict[str, tuple[str, ...]]:
    """Each kind of subsidy with the names it goes by, from the warehouse's own code list."""
    names: dict[str, list[str]] = {}
    with (PROJECT / "dbt_project" / "seeds" / "policy" / "subsidy_item.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names.setdefault(row["kind"], []).append(row["item"])
    return {kind: tuple(items) for kind, items in names.items()}


def _called(items: pl.Series, draws: Generator) -> pl.Series:
    """Items as the finance bureau calls them: a quarter of rows by another name."""
    for kind, names in subsidy_names().items():
        rows = (items == kind).to_numpy() & (draws.random(len(items)) < 0.25)
        items = choose(names, draws.integers(0, len(names), len(items))).zip_with(pl.Series(rows), items)
    return items.alias("item")


def _payments(scene: Scene, month: int) -> pl.DataFrame:
    step, care, draws = scene.timeline.step(month), scene.history.care, scene.draws("subsidy_payment", month)
    who, item, amounts = scene.rights.payments(month, scene.present(month))
    parts = [(scene.person_id(who), choose(ITEMS, item), pl.Series(amounts))]
    heads = scene.first_of(scene.present(month))
    dibao, relief = care.dibao[step].astype(np.float64), care.relief[step].astype(np.float64)
    tekun = np.zeros(len(dibao), dtype=np.bool_)
    tekun[[spell.household for spell in care.dibao_spells if spell.tekun]] = True
    extra = [
        ("低保金", (dibao > 0) & ~tekun, dibao),
        ("特困供养金", (dibao > 0) & tekun, dibao),
        ("临时救助金", relief > 0, relief),
    ]
    if month % 12 in (0, 1):
        extra.append(("价格临时补贴", dibao > 0, 0 * dibao + 40))
    if month % 12 == 0:
        extra.append((_UNKNOWN_ITEM, (dibao > 0) & (draws.random(len(dibao)) < 0.3), 0 * dibao + 300))
    for name, mask, yuan in extra:
        homes = np.flatnonzero(mask & (heads >= 0))
        parts.append((scene.person_id(heads[homes]), pl.Series([name] * len(homes), dtype=pl.String), fen(yuan[homes])))
    frame = pl.concat([pl.DataFrame({"person_id": a, "item": b, "amount": c}) for a, b, c in parts])
    day = 8 + frame["item"].hash(7) % 3 * 6
    paid = pl.Series("paid_on", days_of(np.full(len(frame), month), day.cast(pl.Int64).to_numpy()))
    return frame.with_columns(paid, _called(frame["item"], draws), lags(draws, len(frame), 0.02))


def subsidy_payment(scene: Scene) -> Iterator[Batch]:
    """Subsidies of each month, as the bank card pays them."""
    yield from monthly(
        "subsidy_payment", scene, ((month, _payments(scene, month)) for month in scene.timeline.reported)
    )


def standard_line(scene: Scene) -> Iterator[Batch]:
    """The standard lines, a file for each day of publication."""
    for published, frame in standard_lines(scene.population.places.county, scene.documents, scene.timeline).items():
        yield Batch("standard_line", published.isoformat(), published + timedelta(days=1), frame, clean=True)


def _heaped(yuan: Floats, draws: Generator) -> Ints:
    """Amounts as people tell them, in fen: a third to the hundred, a third to ten yuan."""
    grain = np.array([100.0, 10.0, 1.0])[draws.integers(0, 3, len(yuan))]
    grain = np.where(yuan > 400, grain, 1.0)
    return np.asarray(np.round(np.maximum(yuan, 0) / grain) * grain * 100).astype(np.int64)


class _Surveyors:
    """The townships' surveyors, who remember what they wrote down last time."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._last: dict[str, Ints] = {}
        self._effort = scene.population.places.effort[
            scene.population.places.township_of[scene.population.households.village]
        ]

    def _true(self, quarter: int) -> dict[str, Floats]:
        history, step = self._scene.history, self._scene.timeline.step(quarter)
        span = slice(step, step + 3)
        count = len(self._scene.population.households)
        wages = np.zeros(count)
        for k in range(step, step + 3):
            wages += np.bincount(history.work.household, weights=history.work.wage[k], minlength=count)
        public = (
            history.public[span].sum(axis=0)
            + history.care.dibao[span].sum(axis=0)
            + history.care.relief[span].sum(axis=0)
        )
        return {
            "wage": wages + history.care.post[span].sum(axis=0),
            "business_gross": history.business[span].sum(axis=0),
            "business_cost": history.cost[span].sum(axis=0),
            "property": history.property[span].sum(axis=0),
            "transfer_family": history.kin[span].sum(axis=0),
            "transfer_other": 0.97 * public,
            "transfer_paid": history.paid[span].sum(axis=0),
        }

    def survey(self, quarter: int, until: int) -> pl.DataFrame:
        """Answers of one quarter (its first month), asked by the end of month `until`; columns as in the contract."""
        scene, homes = self._scene, self._scene.population.households
        draws, count = scene.draws("income_survey", quarter), len(homes)
        season = scene.draws("surveyors of a half year", quarter // 6).standard_normal(count)
        blow = np.exp(homes.bias + 0.20 * season + 0.14 * draws.standard_normal(count))
        copied = draws.random(count) < 0.16 / np.sqrt(self._effort)
        answers: dict[str, Ints] = {}
        for item, yuan in self._true(quarter).items():
            told = _heaped(
                yuan * (blow if item in ("wage", "business_gross", "business_cost", "transfer_family") else 1.0), draws
            )
            answers[item] = np.where(copied & (item in self._last), self._last.get(item, told), told)
        self._last = answers
        on = scene.heads(scene.present(min(quarter + 2, until)), quarter) >= 0
        rows = np.flatnonzero(on & (draws.random(count) > homes.reticence) & (draws.random(count) > 0.004))
        frame = pl.DataFrame({item: values[rows] for item, values in answers.items()})
        frame = frame.with_columns(
            pl.when(pl.col(name) == 0).then(None).otherwise(pl.col(name)).alias(name) for name in frame.columns
        )
        return self._rest(frame, quarter, until, rows, draws)

    def _rest(self, frame: pl.DataFrame, quarter: int, until: int, rows: Ints, draws: Generator) -> pl.DataFrame:
        scene, n, step = self._scene, len(rows), self._scene.timeline.step(quarter)
        level = price(quarter)
        burden = scene.history.illness.burden[step + 1 : step + 4].sum(axis=0)[rows].astype(np.float64)
        small = np.where(draws.random(n) < 0.5, draws.lognormal(5.2, 0.9, n), 0) * level
        away = np.bincount(
            scene.history.work.household, weights=scene.history.work.wage[step] > 0, minlength=len(self._effort)
        )[rows]
        pupils = np.where(draws.random(n) < 0.35, draws.lognormal(5.6, 0.7, n), 0) * (quarter % 12 in (0, 6))
        surveyed = days_of(np.full(n, min(quarter + 2, until)), draws.integers(5, 29, n))
        return frame.select(
            household_no=scene.household_no(rows),
            quarter=pl.lit(quarter_label(quarter)),
            **{name: pl.col(name) for name in frame.columns},
            employment_cost=pl.Series(_heaped(away * 180 * level * draws.random(n), draws)),
            education_spend=pl.Series(_heaped(pupils, draws)),
            medical_spend=pl.Series(_heaped(0.9 * burden + small, draws)),
            disaster_spend=pl.Series(np.zeros(n, dtype=np.int64)).replace(0, None),
            surveyor=scene.population.people.name.gather(draws.integers(0, 40, n) * 3 % len(scene.population.people)),
            surveyed_on=dates(surveyed),
        )


def income_survey(scene: Scene) -> Iterator[Batch]:
    """The quarterly survey; a quarter that is not over is asked for what it will bring."""
    surveyors, last = _Surveyors(scene), scene.timeline.last
    first = -(-scene.timeline.first // 3) * 3
    for quarter in range(first, last + 1, 3):
        until = min(quarter + 2, last)
        received: date = last_day(until) + timedelta(
            days=int(scene.draws("income_survey", quarter, "day").integers(8, 20))
        )
        yield Batch("income_survey", quarter_label(quarter), received, surveyors.survey(quarter, until))
