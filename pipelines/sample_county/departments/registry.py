"""Rural revitalisation bureau, police household desk, disabled persons' federation: who lives here."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from expectations.contract import load_contract
from pipelines.sample_county.demography import DIES, MOVES
from pipelines.sample_county.population import DISABILITIES
from pipelines.sample_county.scene import Batch, Scene, after, choose, dates, lags, monthly
from pipelines.sample_county.streams import Bools, Ints
from pipelines.sample_county.timeline import NEVER, days_of, month_label, months_of

_RELATION = np.array([0, 1, 6, 7, 2, 3, 4, 5, 8, 9])
_STAGES = ("", "学前", "小学", "初中", "高中", "大学")


def _values(form: str, column: str) -> list[str]:
    return [value for value, _ in load_contract(form).column(column).values]


def listed(scene: Scene, month: int) -> Bools:
    """Who stands on the household list of a month: newcomers and leavers are noticed up to two months late."""
    life = scene.population.people.life
    delay = scene.draws("list delay").integers(0, 3, len(life.household))
    step = scene.timeline.step(month)
    on = (life.joins + delay * (life.joins > 0) <= step) & (step < life.leaves + delay)
    return np.asarray(on & ~((life.jailed + delay <= step) & (step < life.freed)))


def registry_household(scene: Scene) -> Iterator[Batch]:
    """The household list of each month."""
    homes, places = scene.population.households, scene.population.places
    number = scene.draws("registry")
    silent_phone = number.random(len(homes)) < 0.06
    kinds, residences = _values("registry_household", "household_kind"), _values("registry_household", "residence")
    for month in scene.timeline.reported:
        heads = scene.heads(listed(scene, month), month)
        rows = np.flatnonzero(heads >= 0)
        village = homes.village[rows]
        monitored = scene.history.care.monitored[scene.timeline.step(month)][rows]
        draws = scene.draws("registry_household", month)
        frame = pl.DataFrame({
            "household_no": scene.household_no(rows),
            "region_code": choose(places.village_code, village),
            "township": choose(places.township, places.township_of[village]),
            "village": choose(places.village, village),
            "head_name": scene.population.people.name.gather(heads[rows]),
            "head_id": scene.person_id(heads[rows]),
            "household_kind": choose(kinds, np.where(monitored, 2, homes.registered[rows].astype(np.int64))),
            "registered_poor": homes.registered[rows],
            "lifted_on": dates(homes.lifted[rows]),
            "legacy_4600": homes.legacy[rows],
            "residence": choose(residences, homes.residence[rows]),
            "phone": homes.phone.gather(rows).set(pl.Series(silent_phone[rows]), None),
            "account_no": homes.account.gather(rows),
        })  # fmt: skip
        yield Batch("registry_household", month_label(month), after(month, draws), frame)


def _labour(age: Ints, pupil: Bools, level: Ints, chronic: Bools, skill: Bools) -> Ints:
    labour = np.where(skill, 1, 0)
    labour = np.where(chronic | (age >= 60) | (level > 2), 2, labour)
    labour = np.where((age >= 76) | ((level > 0) & (level <= 2)), 3, labour)
    return np.where((age < 16) | pupil, 4, labour)


def school_stage(scene: Scene, month: int) -> Ints:
    """Stage of schooling of everyone in the school year of a month: 0 none, 1 pre-school .. 5 college."""
    people = scene.population.people
    september = (month - 8) // 12 * 12 + 8
    age = people.age(september)
    stage = np.select([age < 3, age < 6, age < 12, age < 15, age < 18], [0, 1, 2, 3, 4], 5)
    return np.where((age < people.leaves_school) & (age < 22), stage, 0)


def _member_rows(scene: Scene, month: int, who: Ints) -> pl.DataFrame:
    people, draws = scene.population.people, scene.draws("registry_member", month)
    life, n = people.life, len(who)
    form = "registry_member"
    age, stage = people.age(month)[who], school_stage(scene, month)[who]
    level = scene.disability(month)[0][who]
    sick = scene.history.illness.blows
    ill = np.zeros(len(people), dtype=np.bool_)
    step = scene.timeline.step(month)
    ill[sick.whom[(sick.step < step) & (sick.step + sick.length > step) & (sick.size > 15_000)]] = True
    heads = scene.heads(listed(scene, month), month)
    relation = np.where(
        heads[life.household[who]] == who, 0, np.where(life.role[who] == 0, 10, _RELATION[life.role[who]])
    )
    health = np.select([ill[who], level > 0, people.chronic[who]], [2, 3, 1], 0)
    pupil = stage > 1
    labour = _labour(age, pupil, level, people.chronic[who], people.skill[who] > 0.25)
    care = np.select([(level == 1) | (age > 90), (level == 2) | (age > 84)], [2, 1], 0)
    silent = draws.random(n) < 0.03
    return pl.DataFrame({
        "household_no": scene.household_no(life.household[who]),
        "person_name": people.name.gather(who),
        "person_id": scene.person_id(who),
        "relation": choose(_values(form, "relation"), relation),
        "co_living": pl.Series(people.co_living[who]).set(pl.Series(silent & people.co_living[who]), None),
        "health": choose(_values(form, "health"), health),
        "labour_ability": choose(_values(form, "labour_ability"), labour),
        "self_care": choose(_values(form, "self_care"), care),
        "school_status": choose(_STAGES, stage).replace("", None),
        "veteran": people.veteran[who],
        "wants_job": (labour < 3) & (draws.random(n) < 0.6),
    })  # fmt: skip


def registry_member(scene: Scene) -> Iterator[Batch]:
    """The member list of each month; in some months townships send it in two parts."""
    homes, places = scene.population.people.life.household, scene.population.places
    for month in scene.timeline.reported:
        draws = scene.draws("registry_member", month, "file")
        who = np.flatnonzero(listed(scene, month))
        received = after(month, draws)
        if draws.random() < 0.15:
            first = places.township_of[scene.population.households.village[homes[who]]] < len(places.township) // 2
            parts = [(who[first], "第一片"), (who[~first], "第二片")]
        else:
            parts = [(who, "")]
        for people, tag in parts:
            yield Batch("registry_member", month_label(month), received, _member_rows(scene, month, people), tag)


def disability_register(scene: Scene) -> Iterator[Batch]:
    """The list of certified disabled people of each month."""
    people = scene.population.people
    levels = _values("disability_register", "level")
    for month in scene.timeline.reported:
        level, certified = scene.disability(month)
        who = np.flatnonzero(scene.present(month) & (level > 0))
        frame = pl.DataFrame({
            "person_id": scene.person_id(who),
            "kind": choose(DISABILITIES, people.disability_kind[who]),
            "level": choose(levels, level[who] - 1),
            "certified_on": dates(certified[who]),
            "living_subsidy": scene.rights.living[who],
            "nursing_subsidy": level[who] <= 2,
        })  # fmt: skip
        yield Batch(
            "disability_register", month_label(month), after(month, scene.draws("disability_register", month)), frame
        )


def _civil_parts(scene: Scene) -> tuple[Ints, Ints, list[str]]:
    life, steps = scene.population.people.life, scene.timeline.steps
    newborn = months_of(life.birth) == life.joins + scene.timeline.start
    came = (life.joins > 0) & (life.joins < steps)
    divorced = scene.draws("divorce")
    divorce = np.where(divorced.random(len(life.role)) < 0.0012, divorced.integers(0, steps, len(life.role)), NEVER)
    parts = [
        ("出生", came & newborn, life.joins), ("迁入", came & ~newborn, life.joins), ("结婚", came & ~newborn, life.joins),
        ("死亡", life.leaves_by == DIES, life.leaves), ("迁出", life.leaves_by == MOVES, life.leaves),
        ("离婚", (life.role == 1) & (divorce < steps), divorce),
        ("服刑", life.jailed < steps, life.jailed), ("刑满释放", life.freed < steps, life.freed),
    ]  # fmt: skip
    who = np.concatenate([np.flatnonzero(mask) for _, mask, _ in parts])
    step = np.concatenate([steps_[mask] for _, mask, steps_ in parts])
    return who, step, [name for name, mask, _ in parts for _ in range(int(mask.sum()))]


def civil_event(scene: Scene) -> Iterator[Batch]:
    """Births, deaths, marriages, moves and prison; a quarter is reported a month late, some without household."""
    who, step, names = _civil_parts(scene)
    draws, life = scene.draws("civil_event"), scene.population.people.life
    month = scene.timeline.start + step
    birth = np.array(names) == "出生"
    happened = np.where(birth, life.birth[who], days_of(month, draws.integers(1, 29, len(who))))
    every = pl.DataFrame({
        "person_id": scene.person_id(who),
        "event": names,
        "happened_on": dates(happened),
        "household_no": scene.household_no(life.household[who]).set(pl.Series(draws.random(len(who)) < 0.06), None),
        "_month": month,
    }).with_columns(lags(draws, len(who), 0.25))  # fmt: skip
    months = ((m, every.filter(pl.col("_month") == m).drop("_month")) for m in scene.timeline.reported)
    yield from monthly("civil_event", scene, months)
