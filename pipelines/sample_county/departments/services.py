"""Medical insurance, schools, housing, water and emergency bureaus: spending and the three guarantees."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import polars as pl

from pipelines.sample_county.departments.registry import school_stage
from pipelines.sample_county.dwelling import Dwelling
from pipelines.sample_county.names import DIAGNOSES
from pipelines.sample_county.policy import price
from pipelines.sample_county.scene import Batch, Scene, after, choose, dates, fen, lags, monthly
from pipelines.sample_county.shocks import DISASTERS, DROUGHT, FIRE
from pipelines.sample_county.streams import Bools, Floats, Generator, Ints
from pipelines.sample_county.timeline import days_of, first_day, last_day, month_label, quarter_label

_WARD, _SPECIAL, _CLINIC = "住院", "特殊门诊", "普通门诊"


def _serious(scene: Scene) -> tuple[Ints, Ints, Floats]:
    """Bills of serious illnesses: month, person, yuan; a long illness is settled in several stays."""
    blows, draws = scene.history.illness.blows, scene.draws("stays")
    stays = 1 + np.minimum(blows.length // 4, 3)
    blow = np.repeat(np.arange(len(stays)), stays)
    order = np.arange(len(blow)) - np.repeat(np.cumsum(stays) - stays, stays)
    share = np.where(order == 0, 0.6, 0.4 / np.maximum(1, stays[blow] - 1))
    share = np.where(stays[blow] == 1, 1.0, share)
    month = scene.timeline.start + blows.step[blow] + order * 3
    return month, blows.whom[blow], blows.size[blow] * share * np.exp(draws.normal(0, 0.1, len(blow)))


def _settled(cost: Floats, helped: Bools, draws: Generator) -> dict[str, pl.Series]:
    """Who pays a bill: basic insurance, serious-illness insurance, aid, others, the patient; parts add up to the fen."""
    total = fen(cost).to_numpy()
    basic = (total * draws.uniform(0.5, 0.68, len(total))).astype(np.int64)
    rest = total - basic
    major = (np.maximum(0, rest - 1_400_000) * 0.6).astype(np.int64)
    aid = ((rest - major) * np.where(helped, 0.6, 0.0)).astype(np.int64)
    other = ((rest - major - aid) * np.where(draws.random(len(total)) < 0.05, 0.3, 0.0)).astype(np.int64)
    own = rest - major - aid - other
    columns = {"total_cost": total, "basic_paid": basic, "major_paid": major, "aid_paid": aid, "other_paid": other}
    return {
        name: pl.Series(values) for name, values in {**columns, "self_paid": own * 8 // 10, "self_total": own}.items()
    }


def _bills(scene: Scene, month: int, serious: tuple[Ints, Ints, Floats]) -> pl.DataFrame:
    people, draws = scene.population.people, scene.draws("medical_settlement", month)
    present, age = scene.present(month), scene.population.people.age(month)
    when, patients, bills = serious
    mine = when == month
    weight = np.interp(age, [0, 10, 40, 60, 80], [1.2, 0.5, 0.8, 2.0, 2.6]) * (1 + 1.5 * people.chronic)
    clinic = np.flatnonzero(draws.random(len(people)) < 0.015 * weight)
    ward = np.flatnonzero(draws.random(len(people)) < 0.0022 * weight)
    who = np.concatenate([patients[mine], clinic, ward])
    kind = np.concatenate(
        [np.zeros(int(mine.sum())), 1 + (draws.random(len(clinic)) < 0.7), np.zeros(len(ward))]
    ).astype(np.int64)
    small = np.concatenate([draws.lognormal(5.2, 0.8, len(clinic)), draws.lognormal(8.3, 0.5, len(ward))])
    cost = np.concatenate([bills[mine], small * price(month)])
    known = people.insured[who] & present[who]
    who, kind, cost = who[known], kind[known], cost[known]
    n, step = len(who), scene.timeline.step(month)
    care, home = scene.history.care, people.life.household[who]
    helped = (care.dibao[step][home] > 0) | care.monitored[step][home] | scene.population.households.registered[home]
    day = draws.integers(1, 29, n)
    far = (people.job[who] == 2) & people.off_farm[who] & (kind == 0)
    number = [f"{month_label(month).replace('-', '')}{d:02d}{k:06d}" for k, d in enumerate(day)]
    return pl.DataFrame({
        "settlement_no": pl.Series([f"YB{text}" for text in number], dtype=pl.String),
        "person_id": scene.person_id(who),
        "settled_on": dates(days_of(np.full(n, month), day)),
        "visit_kind": choose((_WARD, _SPECIAL, _CLINIC), kind),
        "diagnosis": choose(DIAGNOSES, draws.integers(0, len(DIAGNOSES), n)),
        **_settled(cost, helped, draws),
        "in_province": ~far,
    }).with_columns(lags(draws, n, np.where(far, 0.7, 0.12), 4))  # fmt: skip


def medical_settlement(scene: Scene) -> Iterator[Batch]:
    """Bills of the insured; those from far away come months late, those of the uninsured never."""
    serious = _serious(scene)
    yield from monthly("medical_settlement", scene, ((m, _bills(scene, m, serious)) for m in scene.timeline.reported))


_COLUMN_STAGES = ("学前", "小学", "初中", "普通高中", "中职", "大专", "本科及以上")
_FEES = np.array([1600.0, 0.0, 0.0, 1200.0, 0.0, 5200.0, 4800.0])


def dropouts(scene: Scene, month: int) -> Bools:
    """Who has left compulsory school before its end in the school year of a month (one entry a person)."""
    people, homes = scene.population.people, scene.population.households
    luck = scene.draws("dropout").random(len(people))
    year = (month - 8) // 12 % 3
    chance = 0.0012 * np.exp(-1.5 * homes.standing[people.life.household])
    return np.asarray(
        (luck * 3 % 1 < chance) & ((luck * 3).astype(np.int64) == year) & np.isin(school_stage(scene, month), [2, 3])
    )


def _pupils(scene: Scene, month: int) -> pl.DataFrame:
    people, draws = scene.population.people, scene.draws("school_enrolment", month)
    stage = school_stage(scene, month)
    who = np.flatnonzero(scene.present(month) & (stage > 0))
    n, home = len(who), people.life.household[who]
    trade = who % 5 < 2
    column = np.array([0, 0, 1, 2, 3, 6])[stage[who]]
    column = np.where((column == 3) & trade, 4, np.where((column == 6) & trade, 5, column))
    step, care = scene.timeline.step(month), scene.history.care
    needy = scene.population.households.registered[home] | (care.dibao[step][home] > 0) | care.monitored[step][home]
    known = needy & (draws.random(n) < 0.85)
    aid = np.where(known, np.array([500.0, 500.0, 625.0, 1250.0, 1000.0, 1800.0, 1800.0])[column], 0)
    autumn = month % 12 == 8
    year = month // 12 - (not autumn)
    return pl.DataFrame({
        "person_id": scene.person_id(who),
        "term": pl.Series([f"{year}-{year + 1}-{1 if autumn else 2}"] * n, dtype=pl.String),
        "stage": choose(_COLUMN_STAGES, column),
        "status": choose(("在读", "休学", "辍学"), np.where(dropouts(scene, month)[who], 2, (draws.random(n) < 0.004).astype(np.int64))),
        "fees": fen(_FEES[column] * price(month) * draws.uniform(0.85, 1.25, n), 10.0),
        "aid": fen(aid, 1.0),
        "aid_tier": choose(("未认定", "一般困难", "特别困难"), np.where(known, 1 + (who % 2), 0)),
    })  # fmt: skip


def school_enrolment(scene: Scene) -> Iterator[Batch]:
    """Pupils and students, each term; a term's file is named by its first month."""
    for month in scene.timeline.reported:
        if month % 12 in (2, 8):
            yield Batch(
                "school_enrolment",
                month_label(month),
                after(month, scene.draws("school", month)),
                _pupils(scene, month),
            )


def housing_survey(scene: Scene) -> Iterator[Batch]:
    """Home inspections of each quarter: all unsafe homes on file, and some of the others."""
    dwelling = Dwelling.of(scene)
    for quarter, until in _quarters(scene):
        draws, count = scene.draws("housing_survey", quarter), len(scene.population.households)
        grade, rebuilt = dwelling.grade(until), dwelling.rebuilt
        chosen = (draws.random(count) < 0.07) | ((grade >= 2) & (draws.random(count) < 0.9))
        rows = np.flatnonzero(chosen & (scene.heads(scene.present(until), until) >= 0))
        done = np.where(rebuilt[rows] <= until, days_of(rebuilt[rows].clip(0, until), 15), np.datetime64("NaT"))
        frame = pl.DataFrame({
            "household_no": scene.household_no(rows),
            "grade": choose(("A级", "B级", "C级", "D级"), grade[rows]),
            "only_home": rows % 9 != 0,
            "surveyed_on": dates(days_of(draws.integers(quarter, until + 1, len(rows)), draws.integers(1, 29, len(rows)))),
            "rebuilt_on": dates(np.where(grade[rows] >= 2, done, np.datetime64("NaT"))),
        })  # fmt: skip
        received = last_day(until) + timedelta(days=int(draws.integers(6, 22)))
        yield Batch("housing_survey", quarter_label(quarter), received, frame)


def _quarters(scene: Scene) -> list[tuple[int, int]]:
    first = -(-scene.timeline.first // 3) * 3
    return [(quarter, min(quarter + 2, scene.timeline.last)) for quarter in range(first, scene.timeline.last + 1, 3)]


def water_safety(scene: Scene) -> Iterator[Batch]:
    """Water checks of each quarter: where it failed or had failed, and some others."""
    dwelling = Dwelling.of(scene)
    for quarter, until in _quarters(scene):
        draws, count = scene.draws("water_safety", quarter), len(scene.population.households)
        bad, was = dwelling.dry(until), dwelling.dry(quarter - 3)
        chosen = (draws.random(count) < 0.06) | ((bad | was) & (draws.random(count) < 0.85))
        rows = np.flatnonzero(chosen & (scene.heads(scene.present(until), until) >= 0))
        frame = pl.DataFrame({
            "household_no": scene.household_no(rows),
            "safe": ~bad[rows],
            "checked_on": dates(days_of(np.full(len(rows), until), draws.integers(1, 29, len(rows)))),
        })  # fmt: skip
        received = last_day(until) + timedelta(days=int(draws.integers(4, 16)))
        yield Batch("water_safety", quarter_label(quarter), received, frame)


def disaster_loss(scene: Scene) -> Iterator[Batch]:
    """Losses that were reported, one file for each month that had any."""
    blows, draws = scene.history.losses.blows, scene.draws("disaster_loss")
    n = len(blows.whom)
    month = scene.timeline.start + blows.step
    covered = draws.uniform(0.0, 0.55, n) * (draws.random(n) < 0.7)
    every = pl.DataFrame({
        "household_no": scene.household_no(blows.whom),
        "kind": choose(DISASTERS, blows.detail),
        "happened_on": dates(days_of(month, draws.integers(1, 26, n))),
        "loss": fen(blows.size, 10.0),
        "compensation": fen(blows.size * covered, 0.1),
        "basic_living_hit": (blows.size > 14_000) | ((blows.detail == FIRE) & (blows.size > 8000)),
        "_month": month,
        "_kept": draws.random(n) < np.where(blows.detail == DROUGHT, 0.5, 0.85),
    }).filter("_kept")  # fmt: skip
    for reported in scene.timeline.reported:
        rows = every.filter(pl.col("_month") == reported).drop("_month", "_kept")
        if len(rows):
            day = first_day(reported).replace(day=27)
            yield Batch("disaster_loss", day.isoformat(), day + timedelta(days=1), rows)
