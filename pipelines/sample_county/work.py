"""Jobs and wages of those who work off the farm."""

from __future__ import annotations

import numpy as np

from pipelines.sample_county.care import Care
from pipelines.sample_county.moment import Moment
from pipelines.sample_county.policy import price
from pipelines.sample_county.population import Population
from pipelines.sample_county.shocks import Blows, Illness, Log, tendency
from pipelines.sample_county.streams import Bools, Floats, stream

_RISK = np.array([0.85, 0.85, 1.05, 0.2, 0.6, 1.5])
_SEASON = np.array([1.5, 1.6, 0.7, 0.8, 0.9, 1.0, 1.0, 1.0, 0.9, 0.9, 1.0, 1.4])
_RETIRE = 64


class Work:
    """Workers' months.

    Attributes:
        worker: positions of the people who ever work off the farm (length w).
        household: position of each one's household (length w).
        wage: yuan paid in each step (steps x w), 0 without work.
        jobless: who is looking for work (steps x w).
    """

    def __init__(self, population: Population, seed: int, chance: float, hardship: float) -> None:
        people, timeline = population.people, population.timeline
        of_age = (people.age(timeline.start) < _RETIRE) & (
            people.age(timeline.month(timeline.steps)) >= people.leaves_school
        )
        self.worker = np.flatnonzero(people.off_farm & of_age)
        self.household = people.life.household[self.worker]
        shape = (timeline.steps, len(self.worker))
        self.wage = np.zeros(shape, dtype=np.float32)
        self.jobless = np.zeros(shape, dtype=np.bool_)
        self._people = people
        self._job = people.job[self.worker]
        homes = population.households
        self._slow = hardship * 2.6 * tendency(homes.frailty[self.household])
        self._chance = chance
        self._level = 0.75 * homes.standing[self.household] + people.skill[self.worker]
        self._left = np.zeros(len(self.worker), dtype=np.int64)
        self._own = np.zeros(len(self.worker))
        self._seed = seed
        self._log = Log()

    @property
    def blows(self) -> Blows:
        """Every job lost, `whom` a position in `worker`, length the months without work."""
        return self._log.blows

    def _working_age(self, now: Moment) -> Bools:
        mine = now.age[self.worker]
        return np.asarray(
            now.present[self.worker] & (mine >= self._people.leaves_school[self.worker]) & (mine < _RETIRE)
        )

    def live(self, now: Moment, illness: Illness, luck: Floats, care: Care) -> Floats:
        """Live one month with this luck (log, one entry a household); returns each household's wages, yuan."""
        step, month, draws = now.step, now.month, now.draws
        n = len(self.worker)
        market = np.exp(stream(self._seed, "market", step).normal(0.0, 0.35, len(_RISK)))
        base = self._chance * (_RISK * market)[self._job] * _SEASON[month % 12]
        roll, length, tail = draws.random(n), draws.random(n), draws.random(n)
        able = self._working_age(now)
        shield = np.where(care.matched()[self.household], 0.5, 1.0)
        lost = able & (self._left == 0) & (roll < base * (1 + self._slow) * shield)
        spell = 1 + np.floor(np.log(length) / np.log(1 - np.where(tail < 0.30, 0.07, 0.35))).clip(0, 36).astype(
            np.int64
        )
        spell = np.where(care.matched()[self.household], (spell + 1) // 2, spell)
        whom = np.flatnonzero(lost)
        self._log.add(step, whom, length=spell[whom], unforeseen=roll[whom] < base[whom])
        self._left = np.where(lost, spell, np.maximum(self._left - 1, 0))
        self._own = 0.95 * self._own + 0.045 * draws.standard_normal(n)
        working = able & (self._left == 0) & ~illness.sick(step)[self.worker]
        caring = np.where(illness.homes(step)[self.household], 0.65, 1.0)
        wage = np.exp(self._level + self._own + 0.75 * luck[self.household]) * 6100 * price(month) * caring
        self.wage[step] = np.round(np.where(working, np.maximum(wage, 300), 0.0), 2)
        self.jobless[step] = able & (self._left > 0)
        return np.asarray(np.bincount(self.household, weights=self.wage[step], minlength=len(luck)), dtype=np.float64)
