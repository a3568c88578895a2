"""The county's hidden life, month by month: incomes, shocks, recognition, help. What landing files only half see."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pipelines.sample_county.care import Care
from pipelines.sample_county.entitlements import Entitlements
from pipelines.sample_county.moment import Moment
from pipelines.sample_county.policy import poverty_line, price
from pipelines.sample_county.population import Population
from pipelines.sample_county.shocks import Illness, Losses, Misfortune
from pipelines.sample_county.streams import Bools, Floats, Ints, stream
from pipelines.sample_county.timeline import Timeline
from pipelines.sample_county.work import Work

_FARM_SEASON = np.array([0.4, 0.4, 0.6, 0.7, 0.9, 1.2, 1.3, 1.0, 1.7, 2.2, 1.2, 0.4])
_COST_SHARE = 0.36


@dataclass(frozen=True)
class Nature:
    """How hard life is in this county; the defaults land where real panels land (see tests/benchmarks).

    Attributes:
        persistence: monthly persistence of the household's luck.
        luck: its standard deviation, log income.
        gust: standard deviation of luck that passes within a year, log income.
        noise: transitory monthly noise, log income.
        misfortune: monthly chance of a fall that no department ever sees.
        job_loss: monthly chance that a worker loses the job.
        illness: monthly chance of a serious illness at middle age.
        hardship: multiplies how many shocks come from slow traits that records show.
        help_works: whether help has any effect (False: the twin county of the truth table).
    """

    persistence: float = 0.975
    luck: float = 0.08
    gust: float = 0.06
    noise: float = 0.10
    misfortune: float = 0.00055
    job_loss: float = 0.0042
    illness: float = 0.0011
    hardship: float = 1.0
    help_works: bool = True


@dataclass
class History:
    """What happened; month arrays have one row a step, incomes in yuan a month.

    Attributes:
        members: people of each household.
        income: disposable income of each household.
        business, cost, property, kin, public, paid: its parts besides wages (public without dibao and relief).
        work: jobs and wages.
        illness: serious illnesses.
        losses: disasters and accidents.
        misfortune: unseen falls.
        care: dibao, recognition and help.
    """

    members: Ints
    income: Floats
    business: Floats
    cost: Floats
    property: Floats
    kin: Floats
    public: Floats
    paid: Floats
    work: Work
    illness: Illness
    losses: Losses
    misfortune: Misfortune
    care: Care
    luck: Floats = field(default_factory=lambda: np.empty(0))
    gust: Floats = field(default_factory=lambda: np.empty(0))

    @staticmethod
    def blank(population: Population, seed: int, nature: Nature) -> History:
        """A history before its first step."""
        shape = (population.timeline.steps, len(population.households))

        def table() -> Floats:
            return np.zeros(shape, dtype=np.float32)

        return History(
            members=np.ones(shape, dtype=np.int16), income=table(), business=table(), cost=table(), property=table(),
            kin=table(), public=table(), paid=table(),
            work=Work(population, seed, nature.job_loss, nature.hardship),
            illness=Illness(population, nature.illness, nature.hardship),
            losses=Losses(population), misfortune=Misfortune(population, nature.misfortune, nature.hardship),
            care=Care(population, seed, works=nature.help_works),
            luck=np.zeros(shape[1]),
            gust=np.zeros(shape[1]),
        )  # fmt: skip

    def yearly_per_head(self, step: int) -> Floats:
        """Disposable income per head of the 12 months that end with a step (needs step >= 11), yuan."""
        total = self.income[step - 11 : step + 1].sum(axis=0, dtype=np.float64)
        return np.asarray(total / self.members[step])


def _farm(history: History, population: Population, now: Moment, luck: Floats) -> Floats:
    homes, places, month = population.households, population.places, now.month
    grown = now.present & (now.age > 17) & (now.age < 75)
    able = np.bincount(population.people.life.household[grown], minlength=len(homes))
    drought = 1 - 0.55 * places.exposure[homes.village] * (month in population.timeline.drought)
    hands = np.where(able > 0, 1.0, 0.25)
    gross = (
        population.field_size
        * (1.5 + homes.land)
        * 2650
        / 12
        * _FARM_SEASON[month % 12]
        * price(month)
        * np.exp(0.55 * homes.standing + luck)
    )
    noise = np.exp(0.12 * now.draws.standard_normal(len(homes)))
    return np.asarray(gross * drought * hands * noise * history.losses.field_factor(month) * history.care.farm_factor())


def _moment(population: Population, step: int, seed: int) -> Moment:
    people, month = population.people, population.timeline.month(step)
    present = people.life.present(step)
    counted = people.life.household[present & people.co_living]
    members = np.maximum(1, np.bincount(counted, minlength=len(population.households)))
    return Moment(step, month, present, people.age(month), members, stream(seed, "step", step))


def _step(history: History, population: Population, rights: Entitlements, now: Moment, nature: Nature) -> None:
    homes, household, step, month, draws = (
        population.households,
        population.people.life.household,
        now.step,
        now.month,
        now.draws,
    )
    count = len(homes)
    history.illness.strike(now)
    history.losses.strike(now)
    history.misfortune.strike(now)
    shake = draws.standard_t(5, count) / np.sqrt(5 / 3)
    history.luck = nature.persistence * history.luck + nature.luck * np.sqrt(1 - nature.persistence**2) * shake
    fall = history.misfortune.depth(step)
    history.gust = 0.85 * history.gust + nature.gust * np.sqrt(1 - 0.85**2) * draws.standard_normal(count)
    luck = history.luck - fall + history.gust
    transitory = nature.noise * draws.standard_normal(count)
    wages = history.work.live(now, history.illness, luck + transitory, history.care)
    history.members[step] = now.members
    business = _farm(history, population, now, 0.8 * luck)
    history.business[step] = business
    history.cost[step] = business * _COST_SHARE
    history.property[step] = 35 * price(month) * np.exp(1.2 * homes.standing) * (homes.land > 4)
    history.kin[step] = homes.kin / 12 * price(month) * np.exp(0.3 * homes.standing + luck + transitory)
    history.public[step] = rights.household_yuan(month, now.present)
    adults = np.bincount(household[now.present & (now.age > 17) & (now.age < 60)], minlength=count)
    history.paid[step] = 380 * price(month) * now.members * (month % 12 == 10) + 200 * adults * (month % 12 == 11)
    earned = wages + business * (1 - _COST_SHARE) + history.property[step] + history.kin[step]
    earned += history.public[step] - history.paid[step]
    history.income[step] = history.care.live(now, earned, history.illness, history.losses)


def live_through(population: Population, seed: int, nature: Nature | None = None) -> History:
    """Live the county through all steps of its timeline.

    The same seed with `help_works=False` gives the twin county: the same blows, no help.
    """
    nature = nature or Nature()
    history = History.blank(population, seed, nature)
    rights = Entitlements.of(population, seed)
    for step in range(population.timeline.steps):
        _step(history, population, rights, _moment(population, step, seed), nature)
    return history


def poor(history: History, timeline: Timeline, step: int) -> Bools:
    """Whose true yearly income per head is below the line at a step (needs step >= 11)."""
    return np.asarray(history.yearly_per_head(step) < poverty_line(timeline.month(step)))
