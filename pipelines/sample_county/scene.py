"""What the departments look at: the county's life, and the batches of rows they make of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import polars as pl

from pipelines.sample_county.economy import History
from pipelines.sample_county.entitlements import Entitlements
from pipelines.sample_county.population import Population
from pipelines.sample_county.streams import Bools, Days, Floats, Generator, Ints, stream
from pipelines.sample_county.timeline import Timeline, days_of, last_day, month_label


@dataclass(frozen=True)
class Batch:
    """One file's rows before the clerks' bad habits.

    Attributes:
        form: form id.
        period: as the file's name says it.
        received: day on which the county received it.
        frame: columns by contract id: money in whole fen, dates as Date, flags as Boolean, everything else text.
        tag: what the file's name says besides the period.
        clean: no planted faults, repeats or corrections (a line of policy must arrive).
    """

    form: str
    period: str
    received: date
    frame: pl.DataFrame
    tag: str = ""
    clean: bool = False


@dataclass(frozen=True)
class Scene:
    """The county's life as the departments meet it."""

    population: Population
    history: History
    rights: Entitlements
    documents: tuple[str, ...]
    seed: int

    @property
    def timeline(self) -> Timeline:
        """The county's timeline."""
        return self.population.timeline

    def draws(self, *names: object) -> Generator:
        """A stream of random numbers of this county."""
        return stream(self.seed, *names)

    def household_no(self, homes: Ints) -> pl.Series:
        """户编号 of households by position."""
        return self.population.households.number.gather(homes)

    def person_id(self, people: Ints) -> pl.Series:
        """Identity numbers of people by position."""
        return self.population.people.id.gather(people)

    def present(self, month: int) -> Bools:
        """Who lives in the county in a month (one entry a person)."""
        return self.population.people.life.present(self.timeline.step(month))

    def first_of(self, candidates: Bools) -> Ints:
        """The first candidate of each household by role, as a position of people; -1 where there is none."""
        household = self.population.people.life.household
        who = np.flatnonzero(candidates)
        first = np.full(len(self.population.households), -1, dtype=np.int64)
        first[household[who[::-1]]] = who[::-1]
        return first

    def heads(self, listed: Bools, month: int) -> Ints:
        """Position of each household's head among those listed: the first grown person; -1 where nobody is listed."""
        grown = self.first_of(listed & (self.population.people.age(month) >= 16))
        return np.where(grown >= 0, grown, self.first_of(listed))

    @cached_property
    def later_disability(self) -> tuple[Ints, Days]:
        """Disabilities that illness left: level (0: none) and day of the certificate (NaT), one entry a person."""
        blows, n = self.history.illness.blows, len(self.population.people)
        level, certified = np.zeros(n, dtype=np.int64), np.full(n, np.datetime64("NaT"), dtype="datetime64[D]")
        hit = blows.detail > 0
        draws = self.draws("later disability")
        months = self.timeline.start + blows.step[hit] + draws.integers(3, 9, int(hit.sum()))
        level[blows.whom[hit]] = blows.detail[hit]
        certified[blows.whom[hit]] = days_of(months, draws.integers(1, 29, int(hit.sum())))
        fresh = self.population.people.disability == 0
        return np.where(fresh, level, 0), np.where(fresh, certified, np.datetime64("NaT"))

    def disability(self, month: int) -> tuple[Ints, Days]:
        """Certified level (0: none) and day of the certificate of everyone at the end of a month."""
        later, when = self.later_disability
        people = self.population.people
        known = when <= np.datetime64(last_day(month))
        return np.where(known, later, people.disability), np.where(known, when, people.certified)


def fen(yuan: Floats, step: float = 0.01) -> pl.Series:
    """Amounts in whole fen, rounded to a step in yuan."""
    return pl.Series(np.round(np.round(np.asarray(yuan, dtype=np.float64) / step) * step * 100).astype(np.int64))


def dates(days: Days) -> pl.Series:
    """Days as a Date column, NaT as null."""
    return pl.Series(days.astype("datetime64[D]"))


def after(month: int, draws: Generator, low: int = 3, high: int = 12) -> date:
    """A day in the following month on which a month's file comes in; one file in forty is a month late."""
    late = 26 if draws.random() < 0.025 else 0
    return last_day(month) + timedelta(days=int(draws.integers(low, high)) + late)


def monthly(form: str, scene: Scene, months: Iterable[tuple[int, pl.DataFrame]]) -> Iterator[Batch]:
    """Batches of one file a month from (month, rows); rows with `_lag` n arrive in the file of n months later."""
    waiting: dict[int, list[pl.DataFrame]] = {}
    last = scene.timeline.last
    for month, frame in months:
        for late in frame.filter(pl.col("_lag") > 0).partition_by("_lag"):
            waiting.setdefault(month + int(late["_lag"][0]), []).append(late)
        rows = pl.concat([frame.filter(pl.col("_lag") == 0), *waiting.pop(month, [])]).drop("_lag")
        if len(rows) and month <= last:
            yield Batch(form, month_label(month), after(month, scene.draws(form, month, "received")), rows)


def lags(draws: Generator, size: int, shares: Floats | float, longest: int = 2) -> pl.Series:
    """Months by which each row comes late: `shares` of rows late, half of those one month, at most `longest`."""
    late = draws.random(size) < shares
    return pl.Series(
        "_lag", np.where(late, 1 + (draws.random(size) * longest * draws.random(size)).astype(np.int64), 0)
    )


def choose(values: tuple[str, ...] | list[str], positions: Ints) -> pl.Series:
    """Texts by position."""
    return pl.Series(list(values), dtype=pl.String).gather(positions)
