"""Households and people: who lives with whom, from when to when, and what they are like under the surface."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from pipelines.sample_county.demography import Demography, live
from pipelines.sample_county.identity import identity_numbers
from pipelines.sample_county.names import SURNAMES, people_names
from pipelines.sample_county.places import Places
from pipelines.sample_county.streams import Bools, Days, Floats, Ints, pick, stream
from pipelines.sample_county.timeline import Timeline, days_of

HEAD, SPOUSE, FATHER, MOTHER, SON, DAUGHTER, WIFE_OF_SON, HUSBAND_OF_DAUGHTER, GRANDSON, GRANDDAUGHTER = range(10)
JOB_KINDS = ("县内务工", "县外省内务工", "省外务工", "公益性岗位", "帮扶车间", "灵活就业")
PUBLIC_JOB = JOB_KINDS.index("公益性岗位")
DISABILITIES = ("视力", "听力", "言语", "肢体", "智力", "精神", "多重")


@dataclass(frozen=True)
class Households:
    """One entry a household; latent traits are never written to landing files.

    Attributes:
        number: 户编号.
        village: position in Places.
        standing: permanent part of log income.
        frailty: how prone to shocks (standard normal, leans on `standing`).
        savings: how much of a shock is cushioned, 0 to 1; seen by nobody.
        registered: 建档立卡.
        lifted: day lifted out of poverty, NaT for others.
        legacy: the old 4,600 yuan list.
        residence: position in the contract's order 常住, 外出, 城镇长期居住, 持居住证.
        land: mu of farmland.
        kin: yuan a year that kin send, before the household's luck.
        bias: what the household makes of its income when asked, on the log scale; lasts.
        reticence: how likely it is to be missing from a survey.
        phone: invented number.
        account: invented account number.
    """

    number: pl.Series
    village: Ints
    standing: Floats
    frailty: Floats
    savings: Floats
    registered: Bools
    lifted: Days
    legacy: Bools
    residence: Ints
    land: Floats
    kin: Floats
    bias: Floats
    reticence: Floats
    phone: pl.Series
    account: pl.Series

    def __len__(self) -> int:
        return len(self.village)


@dataclass(frozen=True)
class People:
    """One entry a person, sorted by household and role; everyone who lives in the county at any step.

    Attributes:
        life: household, role, birth, and when present (see Demography).
        id: identity number.
        name: full name.
        leaves_school: age at the end of schooling.
        off_farm: takes paid work when of age, in school no more, and able.
        job: position in JOB_KINDS.
        skill: log monthly wage on top of the household's standing.
        chronic: a lasting illness.
        disability: 0 none, else level 1-4, from the start.
        disability_kind: position in DISABILITIES.
        certified: day of the certificate, NaT for others.
        listed: how likely the labour office's list is to know this worker's month.
        insured: pays the medical insurance.
        veteran: 优抚对象.
        co_living: lives in the household.
    """

    life: Demography
    id: pl.Series
    name: pl.Series
    leaves_school: Ints
    off_farm: Bools
    job: Ints
    skill: Floats
    chronic: Bools
    disability: Ints
    disability_kind: Ints
    certified: Days
    listed: Floats
    insured: Bools
    veteran: Bools
    co_living: Bools

    def __len__(self) -> int:
        return len(self.life.household)

    @cached_property
    def birth_month(self) -> Ints:
        """Month numbers of birth."""
        return self.life.birth.astype("datetime64[M]").astype(np.int64) + 1970 * 12

    def age(self, month: int) -> Ints:
        """Full years at the end of a month, length of people; negative before birth."""
        return (month - self.birth_month) // 12


@dataclass(frozen=True)
class Population:
    """Places, households, people and their timeline."""

    places: Places
    households: Households
    people: People
    timeline: Timeline

    @cached_property
    def field_size(self) -> Floats:
        """Size of each household's farm against its land: larger where nobody ever works off the farm."""
        age = self.people.age(self.timeline.first)
        paid = self.people.off_farm & (age > 17) & (age < 58)
        workers = np.bincount(self.people.life.household[paid], minlength=len(self.households))
        return np.where(workers > 0, 1.0, 3.2)


def _households(count: int, places: Places, timeline: Timeline, old: Bools, seed: int) -> Households:
    draws = stream(seed, "households")
    village = np.sort(draws.integers(0, len(places.village), count))
    luck = draws.normal(0.0, 1.0, count)
    mired = draws.random(count) < 0.015
    standing = 0.24 * luck + places.welfare[village] - 2.0 * mired
    frailty = draws.normal(0.0, 0.9, count) - 0.45 * luck
    registered = draws.random(count) < np.clip(0.06 * np.exp(-1.0 * luck + 0.7 * frailty + 1.2 * mired), 0.005, 0.6)
    lifted_year = draws.integers(2015, 2020, count)
    lifted = days_of(lifted_year * 12 + 11, np.full(count, 31 - 3))
    numbers = pl.Series(np.arange(1, count + 1)).cast(pl.String).str.zfill(max(4, len(str(count))))
    away = np.where(old, 0.02, 0.10)
    residence = np.where(draws.random(count) < away, 1, np.where(draws.random(count) < 0.02, 2, 0))
    residence = np.where(draws.random(count) < 0.004, 3, residence)
    return Households(
        number=(pl.lit(places.county) + pl.lit(numbers)).pipe(pl.select).to_series().alias("household_no"),
        village=village,
        standing=standing - 0.10 * registered,
        frailty=frailty,
        savings=draws.beta(2, 3, count),
        registered=registered,
        lifted=np.where(registered, lifted, np.datetime64("NaT")),
        legacy=draws.random(count) < 0.04,
        residence=residence,
        land=np.round(draws.gamma(2.5, 1.3, count), 1),
        kin=np.where(old, draws.lognormal(9.8, 0.38, count), draws.lognormal(7.6, 0.8, count)),
        bias=draws.normal(-0.05, 0.10, count) + 0.05 * draws.standard_t(4, count),
        reticence=np.clip(
            0.02 + 0.05 * (residence == 1) + 0.05 * places.remoteness[village] ** 2 + 0.02 * (luck > 1.5), 0, 0.4
        ),
        phone=(
            pl.Series(["199000"] * count) + pl.Series(draws.integers(0, 100000, count)).cast(pl.String).str.zfill(5)
        ),
        account=(
            pl.Series(["62990"] * count) + pl.Series(draws.integers(0, 10**12, count)).cast(pl.String).str.zfill(13)
        ),
    )


def _people(life: Demography, homes: Households, places: Places, timeline: Timeline, seed: int) -> People:
    draws = stream(seed, "people")
    n = len(life.household)
    now = timeline.first
    birth_month = life.birth.astype("datetime64[M]").astype(np.int64) + 1970 * 12
    age = (now - birth_month) // 12
    family = draws.integers(0, len(SURNAMES), len(homes))[life.household]
    married_in = np.isin(life.role, [SPOUSE, MOTHER, WIFE_OF_SON, HUSBAND_OF_DAUGHTER])
    surname = np.where(married_in, draws.integers(0, len(SURNAMES), n), family)
    luck = homes.standing[life.household]
    chance = np.interp(age, [15, 20, 45, 55, 65, 70], [0.9, 0.93, 0.88, 0.72, 0.35, 0.0]) - 0.13 * ~life.male
    shaky = draws.random(n) < 0.75 / (1 + np.exp(1.2 - 2.0 * homes.frailty[life.household]))
    job = np.where(shaky, JOB_KINDS.index("灵活就业"), pick(draws, [0.44, 0.20, 0.22, 0.01, 0.05, 0.02], n))
    certified_rate = np.interp(age, [0, 50, 60, 80], [0.015, 0.03, 0.07, 0.12]) * np.exp(-0.8 * luck)
    disability = np.where(draws.random(n) < certified_rate, pick(draws, [0.12, 0.22, 0.32, 0.34], n) + 1, 0)
    certified = days_of(now - draws.integers(timeline.burn_in + 6, 150, n), draws.integers(1, 29, n))
    remote = places.remoteness[homes.village[life.household]]
    known = draws.random(n) < np.array([0.96, 0.92, 0.78, 1.0, 0.98, 0.6])[job] - 0.12 * remote
    return People(
        life=life,
        id=identity_numbers(places.county, life.birth, life.male, draws),
        name=people_names(surname, life.male, draws),
        leaves_school=np.array([16, 19, 22])[pick(draws, [0.20, 0.45, 0.35], n)],
        off_farm=(draws.random(n) < chance) & ((disability == 0) | (disability > 2)),
        job=job,
        skill=draws.normal(0.0, 0.22, n)
        + np.interp(age, [18, 35, 50, 65], [-0.15, 0.1, 0.0, -0.35])
        + np.array([0.0, 0.12, 0.25, -1.1, -0.3, -0.1])[job]
        - 0.15 * ~life.male,
        chronic=draws.random(n)
        < np.interp(age, [0, 30, 50, 65, 80], [0.005, 0.02, 0.08, 0.22, 0.35])
        * np.exp(0.9 * homes.frailty[life.household] - 0.4),
        disability=disability,
        disability_kind=draws.integers(0, len(DISABILITIES), n),
        certified=np.where(disability > 0, certified, np.datetime64("NaT")),
        listed=np.where(known, 0.985, 0.03),
        insured=draws.random(n) < 0.97,
        veteran=(draws.random(n) < 0.008) & (age > 50) & life.male,
        co_living=(draws.random(n) > np.where(life.role == HEAD, 0.0, 0.02)),
    )


def make_population(places: Places, households: int, timeline: Timeline, seed: int) -> Population:
    """Everyone who lives in the county at some step of the timeline, about 2.9 people a household."""
    life, old = live(households, timeline, seed)
    homes = _households(households, places, timeline, old, seed)
    return Population(places, homes, _people(life, homes, places, timeline, seed), timeline)
