"""What the county does: dibao, recognition as monitored, help and exits. Depends on effort and on what is seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.sample_county.moment import Moment
from pipelines.sample_county.policy import poverty_line
from pipelines.sample_county.population import Population
from pipelines.sample_county.shocks import Illness, Losses
from pipelines.sample_county.streams import Bools, Floats, Ints, stream
from pipelines.sample_county.timeline import NEVER

FARM, RELIEF, MATCHING, PUBLIC_POST = range(4)
POST_WAGE = 850
CAUSES = ("因病", "因灾", "因务工就业不稳", "缺劳动力", "其他")
ILL, HIT, JOBLESS, HANDS, OTHER = range(5)


@dataclass
class Spell:
    """A time of dibao or of monitoring: household, first step, last step (NEVER while open), and its figures."""

    household: int
    start: int
    end: int = NEVER
    amount: float = 0.0
    cause: int = OTHER
    found: int = 0
    tekun: bool = False


@dataclass(frozen=True)
class Measure:
    """One measure of help: household, kind, first step, months, yuan."""

    household: int
    kind: int
    start: int
    months: int
    yuan: float


class Care:
    """The county's dealings with its households.

    Attributes:
        dibao: yuan paid in each step to each household (tekun included).
        relief: temporary relief paid in each step.
        post: wage of a public post in each step.
        monitored: who is on the monitored register, not eliminated, at each step.
        dibao_spells, monitor_spells: episodes in the order they began.
        measures: help given.
    """

    def __init__(self, population: Population, seed: int, *, works: bool) -> None:
        timeline, homes = population.timeline, population.households
        shape = (timeline.steps, len(homes))
        self.dibao = np.zeros(shape, dtype=np.float32)
        self.relief = np.zeros(shape, dtype=np.float32)
        self.post = np.zeros(shape, dtype=np.float32)
        self.monitored = np.zeros(shape, dtype=np.bool_)
        self.dibao_spells: list[Spell] = []
        self.monitor_spells: list[Spell] = []
        self.measures: list[Measure] = []
        self._population, self._works = population, works
        draws = stream(seed, "care")
        self._township = population.places.township_of[homes.village]
        self._effort = population.places.effort[self._township]
        self._view = draws.normal(0.0, 0.14, len(homes))
        self._tekun = (homes.standing < -0.35) & (homes.kin > 4000) & (draws.random(len(homes)) < 0.06)
        self._earned = np.zeros(shape, dtype=np.float32)
        self._dibao_now = np.zeros(len(homes))
        self._dibao_since = np.full(len(homes), NEVER)
        self._dibao_spell = np.full(len(homes), -1)
        self._monitor_spell = np.full(len(homes), -1)
        self._monitor_since = np.full(len(homes), NEVER)
        self._until = np.zeros((4, len(homes)), dtype=np.int64)
        self._step = 0

    def farm_factor(self) -> Floats:
        """What help adds to each household's harvest."""
        return np.where(self._until[FARM] > self._step, 1.3, 1.0) if self._works else np.ones(len(self._view))

    def matched(self) -> Bools:
        """Whose workers are being found jobs."""
        return np.asarray((self._until[MATCHING] > self._step) & self._works)

    def live(self, now: Moment, earned: Floats, illness: Illness, losses: Losses) -> Floats:
        """Live one month; returns disposable income of each household with dibao and help, yuan."""
        step, line = now.step, poverty_line(now.month)
        self._step = step + 1
        self._earned[step] = earned
        wide = now.month >= self._population.timeline.policy_break
        self._dibao_month(now, line, wide)
        self._monitor_month(now, line, wide, illness, losses)
        if not self._works:
            return earned
        return np.asarray(earned + self.dibao[step] + self.relief[step] + self.post[step])

    def _per_head(self, step: int, months: int, members: Ints) -> Floats:
        months = min(months, step + 1)
        return np.asarray(self._earned[step - months + 1 : step + 1].sum(axis=0) * (12 / months) / members)

    def _dibao_month(self, now: Moment, line: float, wide: bool) -> None:
        step, members, draws = now.step, now.members, now.draws
        chance, review = draws.random((2, len(members)))
        seen = self._per_head(step, 12, members) * np.exp(self._view)
        need = np.clip((line * (1.05 if wide else 1.0) - seen) / 12, 0, None)
        off = self._dibao_spell < 0
        entering = off & (need > 0) & (chance < 0.02 * self._effort * (1.4 if wide else 1.0)) & (step > 10)
        entering |= off & self._tekun & (step == 11)
        amount = np.maximum(np.ceil(0.3 * need * members / 10) * 10, 60 * members)
        amount = np.where(self._tekun, line / 12 * 1.3, amount)
        due = ~off & ((step - self._dibao_since) % 12 == 11) & ~self._tekun
        leaving = due & (seen > 1.15 * line) & (review < 0.75)
        self._dibao_now = np.where(entering | (due & ~leaving), amount, np.where(leaving, 0.0, self._dibao_now))
        for home in np.flatnonzero(leaving):
            self.dibao_spells[self._dibao_spell[home]].end = step - 1
        for home in np.flatnonzero(entering):
            self._dibao_spell[home] = len(self.dibao_spells)
            self.dibao_spells.append(Spell(int(home), step, tekun=bool(self._tekun[home])))
        self._dibao_spell[leaving] = -1
        self._dibao_since[entering] = step
        self.dibao[step] = self._dibao_now

    def _cause(self, homes: Ints, burden: Floats, hit: Bools, hands: Bools, short: Bools) -> Ints:
        cause = np.where(short[homes], JOBLESS, OTHER)
        cause = np.where(~hands[homes], HANDS, cause)
        cause = np.where(hit[homes], HIT, cause)
        return np.where(burden[homes] > 0, ILL, cause)

    def _monitor_month(self, now: Moment, line: float, wide: bool, illness: Illness, losses: Losses) -> None:
        step, members, draws = now.step, now.members, now.draws
        count = len(members)
        chance, leave = draws.random((2, count))
        kinds = draws.random((4, count))
        six = self._per_head(step, 6, members)
        need = np.clip((line - six) / line, 0, 1)
        burden = illness.recent_burden(step) / (members * line)
        hit = losses.hit_until > step
        per_township = np.bincount(self._township, minlength=len(self._population.places.township))
        on = np.bincount(self._township[self._monitor_spell >= 0], minlength=len(per_township)) / np.maximum(
            1, per_township
        )
        quota = 1.0 if wide else np.clip(1 - on[self._township] / 0.05, 0.15, 1.0)
        seen = 0.07 * need + 0.05 * np.clip(burden - 0.6, 0, 1.5) + 0.02 * hit + 0.0001
        seen = seen * (0.55 + 0.9 * self._population.households.registered)
        finding = (
            (self._monitor_spell < 0) & (chance < self._effort * quota * seen * (1.6 if wide else 1.0)) & (step > 12)
        )
        homes = np.flatnonzero(finding)
        land = self._population.households.land
        causes = self._cause(homes, np.where(burden > 0.4, burden, 0), hit, land > 1.0, need > 0)
        for home, cause in zip(homes, causes, strict=True):
            self._monitor_spell[home] = len(self.monitor_spells)
            self.monitor_spells.append(Spell(int(home), step + 1, cause=int(cause), found=step))
        self._monitor_since[homes] = step + 1
        self._help(step, homes, members, line, kinds)
        stay = (self._monitor_spell >= 0) & (step - self._monitor_since >= 7)
        leaving = np.flatnonzero(stay & (six > 1.1 * line) & (leave < 0.14))
        for home in leaving:
            self.monitor_spells[self._monitor_spell[home]].end = step
        self._monitor_spell[leaving] = -1
        self.monitored[step] = (self._monitor_spell >= 0) & (self._monitor_since <= step)
        self.post[step] = np.where(self._until[PUBLIC_POST] > step + 1, POST_WAGE * line / 7000, 0.0)

    def _help(self, step: int, homes: Ints, members: Ints, line: float, kinds: Floats) -> None:
        given = kinds[:, homes] < np.array([0.5, 0.45, 0.45, 0.12])[:, None]
        for kind, months in ((FARM, 18), (RELIEF, 0), (MATCHING, 12), (PUBLIC_POST, 24)):
            chosen = homes[given[kind]]
            start = step + 1 + (kind == FARM)
            self._until[kind, chosen] = start + months
            relief = np.round(0.05 * line * members[chosen], -1)
            if kind == RELIEF and start < len(self.relief):
                self.relief[start, chosen] = relief
            self.measures += [
                Measure(int(home), kind, start, months, float(yuan)) for home, yuan in zip(chosen, relief, strict=True)
            ]
