"""Townships and the hotline: visits, quarterly reviews, answers to earlier warnings, what people report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from pipelines.sample_county.departments.services import dropouts
from pipelines.sample_county.dwelling import Dwelling
from pipelines.sample_county.policy import poverty_line
from pipelines.sample_county.scene import Batch, Scene, after, choose, dates, fen
from pipelines.sample_county.streams import Bools, Floats, Generator, Ints
from pipelines.sample_county.timeline import days_of, first_day, last_day, month_label, quarter_label

_CHANNELS = ("一键报贫", "扶贫服务热线", "12345热线", "村民代报", "媒体信访", "社会组织")
_PROBLEMS = (
    "家里有人生病，花费很大",
    "没有活干了，日子困难",
    "房子漏雨",
    "庄稼受灾",
    "孩子上学费用高",
    "想了解帮扶政策",
)
_VERDICTS = ("属实建议纳入", "属实已有帮扶", "属实暂不符合", "不属实", "查无此户")


def half_year_per_head(scene: Scene, month: int) -> Floats:
    """True disposable income per head of the last six months at a yearly rate, yuan (one entry a household)."""
    step, history = scene.timeline.step(month), scene.history
    return np.asarray(history.income[step - 5 : step + 1].sum(axis=0, dtype=np.float64) * 2 / history.members[step])


def _effort(scene: Scene) -> Floats:
    places = scene.population.places
    return np.asarray(places.effort[places.township_of[scene.population.households.village]])


def _here(scene: Scene, month: int) -> Bools:
    return np.asarray(scene.heads(scene.present(month), month) >= 0)


def _marks(truth: Bools, draws: Generator) -> pl.Series:
    """A visitor's mark: what is so, one in twenty-five left blank."""
    return pl.Series(truth).set(pl.Series(draws.random(len(truth)) < 0.04), None)


def visit_record(scene: Scene) -> Iterator[Batch]:
    """Home visits: often to those being helped, seldom to others, more where cadres make an effort."""
    homes, care, dwelling = scene.population.households, scene.history.care, Dwelling.of(scene)
    people = scene.population.people
    for month in scene.timeline.reported:
        draws, step = scene.draws("visit_record", month), scene.timeline.step(month)
        known = homes.registered | (care.dibao[step] > 0)
        chance = np.where(care.monitored[step], 0.5, np.where(known, 0.12, 0.02)) * np.minimum(_effort(scene), 1.8)
        rows = np.flatnonzero(_here(scene, month) & (draws.random(len(homes)) < chance))
        hungry = half_year_per_head(scene, month) < 0.3 * poverty_line(month)
        absent = np.bincount(people.life.household[dropouts(scene, month)], minlength=len(homes)) > 0
        n = len(rows)
        frame = pl.DataFrame({
            "household_no": scene.household_no(rows),
            "visited_on": dates(days_of(np.full(n, month), draws.integers(1, 29, n))),
            "visitor": people.name.gather(draws.integers(0, 60, n) % len(people)),
            "food_ok": _marks(~(hungry[rows] & (draws.random(n) < 0.4)), draws),
            "schooling_ok": _marks(~absent[rows], draws),
            "medical_ok": _marks(draws.random(n) > 0.002, draws),
            "housing_ok": _marks(~dwelling.unsafe(month)[rows], draws),
            "water_ok": _marks(~dwelling.dry(month)[rows], draws),
            "note": choose(("入户了解生产生活情况", "宣讲政策", "核对收入"), draws.integers(0, 3, n)),
        })  # fmt: skip
        yield Batch("visit_record", month_label(month), after(month, draws), frame)


def review_material(scene: Scene) -> Iterator[Batch]:
    """Quarterly review papers of the monitored."""
    monitored, last = scene.history.care.monitored, scene.timeline.last
    for quarter in range(-(-scene.timeline.first // 3) * 3, last - 1, 3):
        draws = scene.draws("review_material", quarter)
        rows = np.flatnonzero(monitored[scene.timeline.step(quarter + 2)] & _here(scene, quarter + 2))
        if len(rows):
            there = draws.random(len(rows)) < 0.88
            day = days_of(np.full(len(rows), quarter + 2), draws.integers(8, 29, len(rows)))
            frame = pl.DataFrame({
                "household_no": scene.household_no(rows),
                "quarter": pl.Series([quarter_label(quarter)] * len(rows), dtype=pl.String),
                "submitted_on": dates(np.where(there, day, np.datetime64("NaT"))),
                "complete": there & (draws.random(len(rows)) < 0.93),
            })  # fmt: skip
            received = last_day(quarter + 2) + timedelta(days=int(draws.integers(3, 12)))
            yield Batch("review_material", quarter_label(quarter), received, frame)


def _clues(scene: Scene, month: int, draws: Generator) -> Ints:
    """Households that an earlier, cruder system warned of in a month."""
    step, count = scene.timeline.step(month), len(scene.population.households)
    need = half_year_per_head(scene, month) < 0.9 * poverty_line(month)
    ill = scene.history.illness.recent_burden(step) > 9000
    chance = 0.05 * need + 0.02 * ill + 0.0006
    free = ~scene.history.care.monitored[step] & _here(scene, month)
    return np.flatnonzero(free & (draws.random(count) < chance))


def township_feedback(scene: Scene) -> Iterator[Batch]:
    """Answers to the warnings of an earlier system; the last township calls everything untrue."""
    homes, places = scene.population.households, scene.population.places
    for month in scene.timeline.reported:
        draws = scene.draws("township_feedback", month)
        rows = _clues(scene, month, draws)
        n, line = len(rows), poverty_line(month)
        if not n:
            continue
        income = half_year_per_head(scene, month)[rows]
        seen = income * np.exp(draws.normal(0, 0.15, n))
        verdict = np.select([seen < line, seen < 1.2 * line], [0, 2], 3)
        verdict = np.where((verdict == 0) & (draws.random(n) < 0.3), 1, verdict)
        verdict = np.where(draws.random(n) < 0.02, 4, verdict)
        verdict = np.where(places.township_of[homes.village[rows]] == len(places.township) - 1, 3, verdict)
        issued = days_of(np.full(n, month), draws.integers(1, 12, n))
        stamps = np.char.replace(issued.astype(str), "-", "")
        frame = pl.DataFrame({
            "warning_no": pl.select(pl.lit("YJ") + scene.household_no(rows) + "-" + pl.Series(stamps)).to_series(),
            "verified_on": dates(issued + draws.integers(2, 9, n).astype("timedelta64[D]")),
            "verdict": choose(_VERDICTS, verdict),
            "reason": choose(("", "收入高于标准"), np.isin(verdict, [2, 3]).astype(np.int64)).replace("", None),
            "verifier": scene.population.people.name.gather(draws.integers(0, 60, n) % len(scene.population.people)),
            "per_capita_income": fen(np.maximum(seen, 0), 10.0),
        })  # fmt: skip
        day = first_day(month).replace(day=22)
        yield Batch("township_feedback", day.isoformat(), day + timedelta(days=1), frame)


def public_report(scene: Scene) -> Iterator[Batch]:
    """What people tell the hotline: the needy more than others, a tenth of them without saying who they are."""
    homes, history = scene.population.households, scene.history
    for month in scene.timeline.reported:
        draws, step = scene.draws("public_report", month), scene.timeline.step(month)
        need = half_year_per_head(scene, month) < 0.8 * poverty_line(month)
        chance = (
            0.0003
            + 0.006 * need
            + 0.004 * (history.illness.recent_burden(step) > 12_000)
            + 0.006 * (history.losses.hit_until > step)
        )
        heads = scene.heads(scene.present(month), month)
        rows = np.flatnonzero((heads >= 0) & (draws.random(len(homes)) < chance))
        n = len(rows)
        kind, dekad = draws.random(n), draws.integers(0, 3, n)
        day = dekad * 9 + draws.integers(1, 10, n)
        frame = pl.DataFrame({
            "ticket_no": pl.Series([f"GD{month_label(month).replace('-', '')}{d:02d}{k:04d}" for k, d in enumerate(day)], dtype=pl.String),
            "channel": choose(_CHANNELS, draws.integers(0, len(_CHANNELS), n)),
            "person_id": scene.person_id(heads[rows]).set(pl.Series(kind < 0.4), None),
            "household_no": scene.household_no(rows).set(pl.Series((kind > 0.6) | (kind < 0.08)), None),
            "phone": homes.phone.gather(rows),
            "reported_at": [datetime(month // 12, month % 12 + 1, int(d), 8 + k % 10, k * 7 % 60) for k, d in enumerate(day)],
            "problem": choose(_PROBLEMS, draws.integers(0, len(_PROBLEMS), n)),
            "_dekad": dekad,
        }, schema_overrides={"reported_at": pl.Datetime("us")})  # fmt: skip
        for part in frame.partition_by("_dekad", maintain_order=True):
            closing = first_day(month).replace(day=int(part["_dekad"][0]) * 9 + 9)
            yield Batch("public_report", closing.isoformat(), closing + timedelta(days=1), part.drop("_dekad"))
