"""Blows: serious illness, disasters and accidents, and falls that no department sees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.sample_county.moment import Moment
from pipelines.sample_county.policy import price
from pipelines.sample_county.population import Population
from pipelines.sample_county.streams import Bools, Floats, Ints

DISASTERS = ("洪涝", "台风", "旱灾", "火灾", "交通事故", "其他意外")
FLOOD, TYPHOON, DROUGHT, FIRE, TRAFFIC, OTHER_ACCIDENT = range(6)


@dataclass(frozen=True)
class Blows:
    """One entry a blow: its step, whom it struck (position), its size (yuan), how long it lasts (months).

    `detail` depends on the kind of blow; `unforeseen` says that no slow trait had raised its chance.
    """

    step: Ints
    whom: Ints
    size: Floats
    length: Ints
    detail: Ints
    unforeseen: Bools


def tendency(frailty: Floats) -> Floats:
    """How far slow traits raise the chance of a blow, 0 to 1, one half at middling frailty."""
    return np.asarray(1 / (1 + np.exp(-1.6 * frailty)))


class Log:
    """Collects blows step by step."""

    def __init__(self) -> None:
        self.parts: list[Blows] = []

    def add(
        self,
        step: int,
        whom: Ints,
        *,
        size: Floats | None = None,
        length: Ints,
        detail: Ints | None = None,
        unforeseen: Bools,
    ) -> None:
        """Add the blows of one step (arrays of length n)."""
        size = np.zeros(len(whom)) if size is None else size
        detail = np.zeros(len(whom), dtype=np.int64) if detail is None else detail
        self.parts.append(Blows(np.full(len(whom), step), whom, size, length, detail, unforeseen))

    @property
    def blows(self) -> Blows:
        """All blows so far, in order of time."""
        names = ("step", "whom", "size", "length", "detail", "unforeseen")
        return Blows(*(np.concatenate([getattr(part, name) for part in self.parts]) for name in names))


class Illness:
    """Serious illnesses. A blow's size is the whole bill, its detail the level of disability it leaves (0: none)."""

    def __init__(self, population: Population, chance: float, hardship: float) -> None:
        people = population.people
        self._chance = chance
        self._slow = hardship * (
            2.0 * people.chronic + 1.8 * tendency(population.households.frailty[people.life.household])
        )
        self._household = people.life.household
        self._count = len(population.households)
        self._log = Log()
        self.until = np.zeros(len(people), dtype=np.int64)
        self.burden = np.zeros((population.timeline.steps + 24, self._count), dtype=np.float32)

    @property
    def blows(self) -> Blows:
        """Every illness, `whom` a person."""
        return self._log.blows

    def strike(self, now: Moment) -> None:
        """Let this month's illnesses begin."""
        step, draws, age = now.step, now.draws, now.age
        base = self._chance * np.interp(age, [0, 20, 40, 60, 80], [0.5, 0.35, 0.7, 2.0, 3.2])
        luck = draws.random(len(age))
        whom = np.flatnonzero(now.present & (luck < base * (1 + self._slow)))
        n = len(whom)
        bill = (draws.lognormal(9.55, 0.75, n) + 3000 * draws.pareto(1.6, n)).clip(4000, 900_000) * price(now.month)
        length = 2 + draws.geometric(0.22, n).clip(1, 16)
        level = np.where((bill > 40_000) & (draws.random(n) < 0.25), draws.integers(1, 5, n), 0)
        self._log.add(step, whom, size=bill, length=length, detail=level, unforeseen=luck[whom] < base[whom])
        self.until[whom] = np.maximum(self.until[whom], step + length)
        np.add.at(self.burden, (np.minimum(step + 1, len(self.burden) - 1), self._household[whom]), 0.38 * bill)

    def sick(self, step: int) -> Bools:
        """Who can't work at a step (one entry a person)."""
        return self.until > step

    def homes(self, step: int) -> Bools:
        """Households with a sick member at a step."""
        return np.bincount(self._household[self.until > step], minlength=self._count) > 0

    def recent_burden(self, step: int) -> Floats:
        """What illness cost each household in the last six months, yuan."""
        return np.asarray(self.burden[max(0, step - 5) : step + 1].sum(axis=0))


class Losses:
    """Disasters and accidents. A blow's size is the loss, its detail a position in DISASTERS."""

    def __init__(self, population: Population) -> None:
        self._village = population.households.village
        self._exposure = population.places.exposure
        self._timeline = population.timeline
        self._log = Log()
        self._field_until = np.zeros(len(self._village), dtype=np.int64)
        self.hit_until = np.zeros(len(self._village), dtype=np.int64)

    @property
    def blows(self) -> Blows:
        """Every loss, `whom` a household."""
        return self._log.blows

    def strike(self, now: Moment) -> None:
        """Let this month's disasters and accidents happen."""
        step, month, draws = now.step, now.month, now.draws
        count = len(self._village)
        wet = month % 12 in (5, 6, 7, 8)
        flooded = draws.random(len(self._exposure)) < 0.035 * self._exposure * wet
        luck = draws.random((3, count))
        storm = flooded[self._village] & (luck[0] < 0.15)
        dry = (
            (month in self._timeline.drought)
            & (month % 12 in (7, 8))
            & (luck[1] < 0.03 * self._exposure[self._village])
        )
        accident = luck[2] < 0.0005
        whom = np.flatnonzero(storm | dry | accident)
        n = len(whom)
        kind = np.where(
            accident[whom],
            draws.integers(FIRE, OTHER_ACCIDENT + 1, n),
            np.where(dry[whom], DROUGHT, draws.integers(FLOOD, TYPHOON + 1, n)),
        )
        loss = draws.lognormal(np.where(kind >= FIRE, 9.3, 8.1), 0.8, n) * price(month)
        self._log.add(
            step,
            whom,
            size=loss,
            length=3 + draws.integers(0, 8, n),
            detail=kind,
            unforeseen=np.ones(n, dtype=np.bool_),
        )
        self._field_until[whom] = month + 7
        self.hit_until[whom] = np.where(loss > 8000, step + 4, self.hit_until[whom])

    def field_factor(self, month: int) -> Floats:
        """What is left of each household's harvest in a month, 0 to 1."""
        return np.where(self._field_until > month, 0.55, 1.0)


class Misfortune:
    """Falls without a record: unpaid wages, debts, a business that fails, kin who stop sending. Fat-tailed."""

    def __init__(self, population: Population, chance: float, hardship: float) -> None:
        homes = population.households
        self._chance = chance
        self._slow = 2.6 * hardship * tendency(homes.frailty)
        self._cushion = 1 - 0.6 * homes.savings
        self._log = Log()
        self._until = np.zeros(len(homes), dtype=np.int64)
        self._depth = np.zeros(len(homes))

    @property
    def blows(self) -> Blows:
        """Every fall, `whom` a household, size the fall in log income."""
        return self._log.blows

    def strike(self, now: Moment) -> None:
        """Let this month's falls begin."""
        step, draws = now.step, now.draws
        count = len(self._until)
        luck = draws.random(count)
        whom = np.flatnonzero(luck < self._chance * (1 + self._slow))
        n = len(whom)
        depth = np.minimum(1.7 + draws.exponential(0.6, n) + 0.15 * draws.pareto(2.0, n), 3.5) * self._cushion[whom]
        length = 24 + draws.geometric(0.02, n).clip(1, 120)
        self._log.add(step, whom, size=depth, length=length, unforeseen=luck[whom] < self._chance)
        self._until[whom] = step + length
        self._depth[whom] = depth

    def depth(self, step: int) -> Floats:
        """How far each household's income is down at a step, log."""
        return np.where(self._until > step, self._depth, 0.0)
