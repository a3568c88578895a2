"""Registers of vehicles, firms, homes and deposits, compared with the county's people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import polars as pl

from pipelines.sample_county.scene import Batch, Scene, after, choose, dates, fen
from pipelines.sample_county.streams import Bools, Ints
from pipelines.sample_county.timeline import days_of, first_day, month_label

_VEHICLES = ("小型汽车", "大型汽车", "摩托车", "农用车", "残疾人专用车")
_PRICES = np.array([82_000.0, 190_000.0, 6200.0, 28_000.0, 9000.0])


def _owners(scene: Scene, share: float, slope: float, name: str) -> Ints:
    """Grown people who own something of a kind: `share` of households at middling standing, more of the better off."""
    homes, people = scene.population.households, scene.population.people
    age = people.age(scene.timeline.first)
    owner = scene.first_of((age > 19) & (age < 70) & (people.life.joins == 0))
    chance = share * np.exp(slope * homes.standing)
    return np.asarray(owner[(owner >= 0) & (scene.draws(name).random(len(homes)) < chance)])


def _comparison_months(scene: Scene) -> list[int]:
    last = scene.timeline.last
    return [month for month in scene.timeline.reported if month % 3 == last % 3]


def _still_here(scene: Scene, month: int, who: Ints) -> Bools:
    return scene.present(month)[who]


def vehicle_register(scene: Scene) -> Iterator[Batch]:
    """Vehicles of the county's people, compared every third month."""
    owners = [_owners(scene, 0.20, 1.6, "cars"), _owners(scene, 0.01, 1.0, "lorries"), _owners(scene, 0.3, 0.0, "motorcycles"),
              _owners(scene, 0.07, 0.3, "tractors"), _owners(scene, 0.002, -1.0, "carts")]  # fmt: skip
    who, kind = np.concatenate(owners), np.repeat(np.arange(5), [len(part) for part in owners])
    draws, n = scene.draws("vehicle_register"), len(who)
    bought = np.where(
        draws.random(n) < 0.25,
        draws.integers(scene.timeline.first, scene.timeline.last + 1, n),
        scene.timeline.first - draws.integers(1, 120, n),
    )
    gone = np.where(draws.random(n) < 0.05, draws.integers(scene.timeline.first, scene.timeline.last + 1, n), 10**6)
    letters = np.array(list("ABCDEFGHJK"))
    plates = [f"闽{letters[k % 10]}{letters[k // 10 % 10]}{k // 100 + 10000:05d}" for k in range(n)]
    price = fen(_PRICES[kind] * np.exp(draws.normal(0, 0.3, n)), 100.0)
    for month in _comparison_months(scene):
        rows = np.flatnonzero((bought <= month) & (gone > month - 6) & _still_here(scene, month, who))
        frame = pl.DataFrame({
            "person_id": scene.person_id(who[rows]),
            "plate_no": choose(plates, rows),
            "vehicle_kind": choose(_VEHICLES, kind[rows]),
            "registered_on": dates(days_of(bought[rows], 1 + rows % 28)),
            "price": price.gather(rows),
            "status": choose(("正常", "注销", "转出"), np.where(gone[rows] <= month, 1 + rows % 2, 0)),
        })  # fmt: skip
        yield Batch("vehicle_register", month_label(month), after(month, scene.draws("vehicles", month)), frame)


def business_register(scene: Scene) -> Iterator[Batch]:
    """Firms of the county's people, compared every third month."""
    who = _owners(scene, 0.05, 1.0, "firms")
    draws, n = scene.draws("business_register"), len(who)
    kind = np.searchsorted([0.84, 0.91, 0.985], draws.random(n), side="right")
    begun = scene.timeline.first + draws.integers(-100, scene.timeline.months, n)
    gone = np.where(draws.random(n) < 0.1, draws.integers(scene.timeline.first, scene.timeline.last + 1, n), 10**6)
    codes = [f"92{scene.population.places.county}MA{k:07d}X" for k in range(n)]
    for month in _comparison_months(scene):
        rows = np.flatnonzero((begun <= month) & _still_here(scene, month, who))
        frame = pl.DataFrame({
            "credit_code": choose(codes, rows),
            "person_id": scene.person_id(who[rows]),
            "name": pl.Series([f"青禾{scene.population.people.name[int(k)][0]}记{'商行' if k % 2 else '农场'}" for k in who[rows]], dtype=pl.String),
            "kind": choose(("个体工商户", "农民专业合作社", "有限责任公司", "其他企业"), kind[rows]),
            "capital": fen(np.array([50_000.0, 300_000.0, 500_000.0, 200_000.0])[kind[rows]], 100.0),
            "registered_on": dates(days_of(begun[rows], 1 + rows % 28)),
            "status": choose(("存续", "注销", "吊销"), np.where(gone[rows] <= month, 1 + (rows % 7 == 0), 0)),
        })  # fmt: skip
        yield Batch("business_register", month_label(month), after(month, scene.draws("firms", month)), frame)


def property_register(scene: Scene) -> Iterator[Batch]:
    """Registered homes and shops, compared every third month."""
    town = _owners(scene, 0.07, 1.8, "town homes")
    village = _owners(scene, 0.12, 0.3, "village homes")
    who, urban = np.concatenate([town, village]), np.repeat([True, False], [len(town), len(village)])
    draws, n = scene.draws("property_register"), len(who)
    use = np.where(urban & (draws.random(n) < 0.12), draws.integers(1, 3, n), 0)
    area = np.round(draws.normal(np.where(urban, 95, 130), 25, n).clip(20, 400), 2)
    for month in _comparison_months(scene):
        rows = np.flatnonzero(_still_here(scene, month, who))
        frame = pl.DataFrame({
            "certificate_no": pl.Series([f"青房权证第{k + 1:07d}号" for k in rows], dtype=pl.String),
            "person_id": scene.person_id(who[rows]),
            "use": choose(("住宅", "商业", "车位", "其他"), use[rows]),
            "location": choose(("农村", "城镇"), urban[rows].astype(np.int64)),
            "area": pl.Series(area[rows]),
        })  # fmt: skip
        yield Batch("property_register", month_label(month), after(month, scene.draws("property", month)), frame)


def financial_check(scene: Scene) -> Iterator[Batch]:
    """Deposits of those who are on dibao or monitored, asked for every fourth month."""
    people, homes, care = scene.population.people, scene.population.households, scene.history.care
    for month in list(scene.timeline.reported)[3::4]:
        draws, step = scene.draws("financial_check", month), scene.timeline.step(month)
        asked = ((care.dibao[step] > 0) | care.monitored[step]) & (draws.random(len(homes)) < 0.5)
        age = people.age(month)
        who = np.flatnonzero(scene.present(month) & asked[people.life.household] & (age > 17))
        n, day = len(who), int(draws.integers(5, 25))
        money = draws.lognormal(8.2, 1.0, n) * np.exp(homes.standing[people.life.household[who]])
        frame = pl.DataFrame({
            "person_id": scene.person_id(who),
            "deposits": fen(money),
            "securities": fen(np.where(draws.random(n) < 0.03, draws.lognormal(9, 0.8, n), 0)),
            "fund_monthly": fen(np.where(draws.random(n) < 0.02, 300.0 + 0 * money, 0), 1.0),
            "checked_on": dates(days_of(np.full(n, month), day)),
        })  # fmt: skip
        checked = first_day(month).replace(day=day)
        yield Batch("financial_check", checked.isoformat(), checked + timedelta(days=3), frame)
