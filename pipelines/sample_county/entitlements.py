"""Public transfers that follow from who people are: pensions, allowances, farm subsidies. Amounts in whole fen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.sample_county.policy import price
from pipelines.sample_county.population import HEAD, Population
from pipelines.sample_county.streams import Bools, Floats, Ints, stream

# item, day of payment; a payment goes to one person
OLD_AGE, NURSING, LIVING, VETERAN, FAMILY_PLAN, LAND, GRAIN, FOREST = range(8)
ITEMS = (
    "高龄津贴",
    "残疾人护理补贴",
    "残疾人生活补贴",
    "优抚金",
    "计生奖励",
    "耕地地力保护补贴",
    "种粮补贴",
    "生态护林员补助",
)
LAND_MONTH, GRAIN_MONTH, FAMILY_PLAN_MONTH = 4, 7, 9


@dataclass(frozen=True)
class Entitlements:
    """What each person draws by right, whatever the household earns; arrays have one entry a person."""

    population: Population
    account: Ints
    drawing: Bools
    planned: Bools
    guard: Bools
    living: Bools

    @staticmethod
    def of(population: Population, seed: int) -> Entitlements:
        """Fixed traits that decide entitlements."""
        draws = stream(seed, "entitlements")
        people, homes = population.people, population.households
        n = len(people)
        poor_home = homes.standing[people.life.household] < -0.35
        head = people.life.role == HEAD
        return Entitlements(
            population=population,
            account=np.round(draws.lognormal(3.3, 0.5, n) * 10).astype(np.int64) * 10,
            drawing=draws.random(n) < 0.96,
            planned=draws.random(n) < 0.10,
            guard=head & homes.registered[people.life.household] & (draws.random(n) < 0.03),
            living=(people.disability > 0) & poor_home & (draws.random(n) < 0.7),
        )

    def pensions(self, month: int, present: Bools) -> tuple[Ints, Ints, Ints]:
        """Pensioners of a month: positions of people, basic pension and account pension of each, fen."""
        people = self.population.people
        who = np.flatnonzero(present & self.drawing & (people.age(month) >= 60))
        basic = int(130 + 8 * max(0, month // 12 - 2019)) * 100
        return who, np.full(len(who), basic, dtype=np.int64), self.account[who]

    def payments(self, month: int, present: Bools) -> tuple[Ints, Ints, Ints]:
        """Subsidies of a month: positions of people, positions in ITEMS, amounts in fen."""
        people, homes = self.population.people, self.population.households
        age, calendar = people.age(month), month % 12
        parts: list[tuple[Ints, int, Ints | int]] = [
            (np.flatnonzero(present & (age >= 80)), OLD_AGE, 6000),
            (np.flatnonzero(present & np.isin(people.disability, [1, 2])), NURSING, 9000),
            (np.flatnonzero(present & self.living), LIVING, 8500),
            (np.flatnonzero(present & self.guard), FOREST, 83300),
        ]
        if calendar % 3 == 0:
            parts.append((np.flatnonzero(present & people.veteran), VETERAN, 180000))
        if calendar == FAMILY_PLAN_MONTH:
            parts.append((np.flatnonzero(present & self.planned & (age >= 60)), FAMILY_PLAN, 96000))
        head = (
            np.flatnonzero(present & (people.life.role == HEAD))
            if calendar in (LAND_MONTH, GRAIN_MONTH)
            else np.empty(0, np.int64)
        )
        land = np.round(homes.land[people.life.household[head]] * 10).astype(np.int64)
        if calendar == LAND_MONTH:
            parts.append((head, LAND, land * int(85 * price(month)) * 10))
        if calendar == GRAIN_MONTH:
            parts.append((head, GRAIN, land * 140))
        who = np.concatenate([part[0] for part in parts])
        item = np.concatenate([np.full(len(part[0]), part[1]) for part in parts])
        fen = np.concatenate([np.broadcast_to(np.asarray(part[2], dtype=np.int64), len(part[0])) for part in parts])
        return who, item, fen

    def household_yuan(self, month: int, present: Bools) -> Floats:
        """All of it by household, yuan in the month (one entry a household)."""
        homes = self.population.people.life.household
        who, basic, account = self.pensions(month, present)
        others, _, fen = self.payments(month, present)
        owner = np.concatenate([homes[who], homes[others]])
        amounts = np.concatenate([basic + account, fen])
        return np.bincount(owner, weights=amounts, minlength=len(self.population.households)) / 100
